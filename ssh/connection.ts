import type { Duplex } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import { plainText } from "../core/describe/plainText";
import { SshError } from "./failure";
import { afterHostSeconds } from "./hostClock";
import { packetSizeProblem } from "./packetSize";
import { bySudo, sudoRefusal, withoutWarnings } from "./sudo";
import { errorMessage } from "./systemError";
import { formatTarget, type SshNode } from "./target";
import type { TrafficLimit } from "./trafficLimit";
import { wrongUser } from "./wrongUser";

/** How to run a command. */
export interface RunOptions {
  /** Sent to the command; its stdin ends after it. Default: nothing. */
  readonly stdin?: string;
  /** The connection is given up if the command has not ended by then: the remote side may be stuck for good. */
  readonly timeoutSeconds: number;
  /** The connection is given up if the command prints more: a host that floods us must not fill the memory. Default: 4 MiB. */
  readonly maxBytes?: number;
}

/** How a command ended, and what it printed, as {@link plainText}. */
export interface CommandResult {
  /** Exit status; undefined if a signal ended it. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** More than any command of ours prints, but for one that reports on a whole large mesh. */
export const defaultMaxBytes = 4 * 1024 * 1024;

/** Characters that say what answers in place of a command. */
const maxHeard = 200;

/** Time for a host to hang up when we have. */
const hangUpSeconds = 1;

/** A connection to a node, logged in. */
export class SshConnection {
  private failure: SshError | undefined;

  /**
   * @param traffic counts what goes by the stream
   * @param onEnd is called when the stream is no longer needed, perhaps more than once
   */
  constructor(
    private readonly client: Client,
    private readonly stream: Duplex,
    readonly node: SshNode,
    readonly traffic: TrafficLimit,
    private readonly onEnd: () => void = () => undefined,
  ) {
    client.on("error", (error) => (this.failure ??= this.lost(error.message)));
    client.once("close", () => {
      this.failure ??= this.lost("the host closed it");
      onEnd();
    });
  }

  /** Whether commands can still be run. */
  get isOpen(): boolean {
    return this.failure === undefined;
  }

  /**
   * Runs a command line in the login shell, any exit status is a result.
   *
   * @throws SshError `timeout` or `lost`.
   */
  run(command: string, { stdin, timeoutSeconds, maxBytes = defaultMaxBytes }: RunOptions): Promise<CommandResult> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      const shown = `\`${command.replace(/\n[^]*/, "")}\``;
      const giveUp = (error: SshError) => {
        stopClock();
        this.failure ??= error;
        this.abandon();
        reject(error);
      };
      const stopClock = afterHostSeconds(timeoutSeconds, () => {
        giveUp(
          new SshError(
            "timeout",
            `${this.node.name}: no end of ${shown} after ${timeoutSeconds} s on ${formatTarget(this.node)}${printedWords(heard)}`,
          ),
        );
      });
      let heard = "";
      this.exec(command, (channel) => {
        if (typeof channel === "string") {
          giveUp(this.failure ?? this.lost(channel));
          return;
        }
        channel.on("data", (part: Buffer) => {
          if (heard.length >= maxHeard) return;
          heard = (heard + text([part])).slice(0, maxHeard);
          const wrong = wrongUser(this.node, heard);
          if (wrong !== undefined) giveUp(wrong);
        });
        collect(channel, stdin ?? "", maxBytes, this.traffic, (result) => {
          stopClock();
          if (result === "too long") giveUp(this.lost(`${shown} printed more than ${maxBytes} bytes`));
          else if (result === "cut off") giveUp(this.failure ?? this.lost("it broke while a command ran"));
          else resolve(result);
        });
      });
    });
  }

  /** Begins a command. Hands on its channel, or why there is none. */
  private exec(command: string, started: (channel: ClientChannel | string) => void): void {
    try {
      this.client.exec(command, (error, channel) => {
        started(error === undefined ? (packetSizeProblem(channel) ?? channel) : error.message);
      });
    } catch (error) {
      // So ssh2 says that the connection is ending.
      started(errorMessage(error));
    }
  }

  /**
   * Runs a command line as root: as it is for the user root, else by sudo, which must not ask for a password.
   *
   * @throws SshError `not-root` if sudo refuses, `timeout` or `lost`.
   */
  async runAsRoot(command: string, options: RunOptions): Promise<CommandResult> {
    const { user } = this.node.ssh;
    if (user === "root") return this.run(command, options);
    const begun = performance.now();
    const result = await this.run(bySudo(command), options);
    if (result.status === 0) return result;
    const left = options.timeoutSeconds - (performance.now() - begun) / 1000;
    if (await this.sudoRefuses(left)) throw sudoRefusal(this.node, result);
    return withoutWarnings(result);
  }

  /** Only sudo knows: it warns of much and runs the command nonetheless, and what it says is in the host's language. */
  private async sudoRefuses(timeoutSeconds: number): Promise<boolean> {
    try {
      return (await this.run(bySudo("true"), { timeoutSeconds })).status !== 0;
    } catch (error) {
      if (error instanceof SshError) return false;
      throw error;
    }
  }

  /** A TCP connection that the host makes; it fails with what the host says of that. */
  forward(host: string, port: number): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      // Where it comes from is for the host's log alone.
      this.client.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
        const problem = error === undefined ? packetSizeProblem(channel) : undefined;
        if (error !== undefined) reject(error);
        else if (problem !== undefined) reject(new Error(problem));
        else resolve(channel);
      });
    });
  }

  /** Takes leave. Commands that still run fail. A host that does not hang up in turn is not waited for. */
  close(): void {
    this.failure ??= this.lost("it was closed");
    this.client.end();
    setTimeout(() => {
      this.abandon();
    }, hangUpSeconds * 1000).unref();
  }

  private abandon(): void {
    this.stream.destroy();
    this.onEnd();
  }

  private lost(why: string): SshError {
    return new SshError("lost", `${this.node.name}: the SSH connection to ${formatTarget(this.node)} broke: ${why}`);
  }
}

function printedWords(heard: string): string {
  const words = heard.replace(/\s+/g, " ").trim();
  return words === "" ? "" : `, which printed: ${words}`;
}

/** Feeds a command and gathers what it prints. Reports once; `cut off` means that the connection went before the command ended. */
function collect(
  channel: ClientChannel,
  stdin: string,
  maxBytes: number,
  traffic: TrafficLimit,
  report: (result: CommandResult | "too long" | "cut off") => void,
): void {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let bytes = 0;
  let ended = false;
  let status: number | undefined;
  const into = (parts: Buffer[]) => (part: Buffer) => {
    bytes += part.length;
    traffic.printed(part.length);
    if (bytes <= maxBytes) parts.push(part);
    else report("too long");
  };
  channel.on("data", into(stdout));
  channel.stderr.on("data", into(stderr));
  channel.once("exit", (code: number | null) => {
    ended = true;
    status = code ?? undefined;
  });
  channel.once("close", () => {
    report(ended ? { status, stdout: text(stdout), stderr: text(stderr) } : "cut off");
  });
  // A command may end without reading its input, and a host may send on after the end: the result says what came of it.
  channel.on("error", () => undefined);
  channel.stderr.on("error", () => undefined);
  traffic.given(Buffer.byteLength(stdin));
  channel.end(stdin);
}

function text(parts: readonly Buffer[]): string {
  return plainText(Buffer.concat(parts).toString("utf8"));
}
