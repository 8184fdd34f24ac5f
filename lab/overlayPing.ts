import type { MeshPlan, NodePlan } from "../core/plan/plan";
import { onOverlay } from "./onOverlay";

/** One ping from a node to another's overlay address. */
export interface Ping {
  readonly from: string;
  readonly to: string;
  readonly address: string;
}

/** All ordered pairs of nodes, in both families. */
export function allPings({ nodes }: MeshPlan): readonly Ping[] {
  return nodes.flatMap((from) =>
    nodes
      .filter((to) => to !== from)
      .flatMap((to) =>
        [to.overlay.ipv4, to.overlay.ipv6].map((address) => ({ from: from.name, to: to.name, address })),
      ),
  );
}

/** ping(8) where a node has the overlay. */
export function pingOn(node: NodePlan): string {
  return onOverlay(node.managed ? node.isolation : "none", "ping");
}

/** Shell command that pings every address three times and prints a line `ADDRESS RECEIVED RTT_MS` for each; all at once, so it takes about a second. */
export function pingCommand(ping: string, addresses: readonly string[]): string {
  const one = `${ping} -n -q -c 3 -i 0.2 -W 2 "$a" | awk -v a="$a" '/received/ { n = $4 } /^rtt/ { split($4, t, "/"); rtt = t[2] } END { print a, n + 0, rtt }'`;
  return `for a in ${addresses.join(" ")}; do { ${one}; } & done; wait`;
}

export interface PingResult {
  readonly received: number;
  /** Mean round trip; undefined if nothing came back. */
  readonly rttMs: number | undefined;
}

/** Reads the lines of `pingCommand`, by address. */
export function parsePings(output: string): ReadonlyMap<string, PingResult> {
  return new Map(
    output
      .split("\n")
      .map((line) => line.split(" "))
      .flatMap(([address, received, rtt]) =>
        address === undefined || received === undefined
          ? []
          : [[address, { received: Number(received), rttMs: rtt ? Number(rtt) : undefined }] as const],
      ),
  );
}
