import type { Duplex } from "node:stream";

/** For all that SSH says beside the output and input of commands: logging in, rekeying, and the headers of packets. */
const marginBytes = 1024 * 1024;

/** What SSH puts around the data of a packet, at most (RFC 4253 section 6, RFC 4254 section 5.2). */
const headerBytes = 64;

/** Packets of a few characters may have more of it than data, but not for ever: each costs the same work. */
const maxTimes = 4;

/**
 * Watches the byte stream below an SSH connection, so that no host can keep this program busy, or fill its memory, with requests that belong to no command: SSH
 * answers each of them, and the answers wait in memory where the host does not read them. What commands print has its own limit.
 */
export class TrafficLimit {
  private extraBytes = 0;
  private inputBytes = 0;

  /**
   * @param stream which a client reads already, for who listens first sets it flowing
   * @param exceeded is told why, once, before the stream is destroyed
   * @param below of the bastion's connection that carries the stream
   */
  constructor(
    stream: Duplex,
    exceeded: (error: Error) => void,
    private readonly below?: TrafficLimit,
  ) {
    stream.on("data", (part: Buffer) => {
      below?.printed(part.length);
      this.extraBytes += part.length;
      const why = this.excess(stream.writableLength);
      if (why === undefined || stream.destroyed) return;
      exceeded(new Error(why));
      stream.destroy();
    });
  }

  /** A command has printed so many bytes, in one packet. */
  printed(bytes: number): void {
    this.extraBytes -= withHeader(bytes);
  }

  /** A command is given so many bytes, in packets that are not tiny. */
  given(bytes: number): void {
    this.inputBytes += 2 * bytes;
    this.below?.given(bytes);
  }

  private excess(waitingBytes: number): string | undefined {
    if (this.extraBytes > marginBytes) return `the host sent more than ${marginBytes} bytes that no command printed`;
    const limit = marginBytes + this.inputBytes;
    return waitingBytes > limit
      ? `the host asks on and reads no answer: more than ${limit} bytes wait for it`
      : undefined;
  }
}

function withHeader(bytes: number): number {
  return Math.min(bytes + headerBytes, maxTimes * bytes);
}
