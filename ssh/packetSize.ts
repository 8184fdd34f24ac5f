import type { Channel } from "ssh2";

/** SSH servers take 16 or 32 KiB. */
const minBytes = 1024;

/**
 * Says what is wrong with the largest packet that a host takes on a channel (RFC 4254 section 5.1), undefined if nothing is: with 0, ssh2 would write for ever; with 1,
 * a packet for each byte.
 */
export function packetSizeProblem({ outgoing }: Channel): string | undefined {
  const bytes =
    typeof outgoing === "object" && outgoing !== null && "packetSize" in outgoing ? outgoing.packetSize : undefined;
  if (typeof bytes === "number" && bytes >= minBytes) return undefined;
  return `the host takes packets of ${String(bytes)} bytes, and must take ${minBytes}`;
}
