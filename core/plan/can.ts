import type { Policy, PortRange, Traffic } from "../registry/registry";
import type { NodePlan } from "./plan";
import { entriesTo } from "./policy";

/** What a node does with traffic from another that comes over the mesh and begins there. */
export interface Decision {
  /** `some`: of a range of ports, or of everything, a part. */
  readonly accepted: "all" | "some" | "none";
  /**
   * | by | |
   * |---|---|
   * | `unmanaged` | nothing of ours runs on the node, so that nothing is refused |
   * | `no-allow` | the policy has no `allow` |
   * | `always` | ping passes always |
   * | `allow` | the entries of the policy's `allow`, or that none fits |
   */
  readonly by: "unmanaged" | "no-allow" | "always" | "allow";
  /** Indexes in the policy's `allow` of the entries that accept all or some of it. */
  readonly entries: readonly number[];
}

/**
 * Decides by `NodePlan.accepts`, which the node's nftables rules are rendered from (core/render/acceptance).
 *
 * @param to its tags say which entries of the policy its acceptances are
 */
export function can(policy: Policy, from: Pick<NodePlan, "name">, to: NodePlan, traffic: Traffic): Decision {
  if (!to.managed) return { accepted: "all", by: "unmanaged", entries: [] };
  if (to.accepts === "everything") return { accepted: "all", by: "no-allow", entries: [] };
  if (traffic === "icmp") return { accepted: "all", by: "always", entries: [] };
  const entries = entriesTo(policy, to);
  const fitting = to.accepts
    .map(({ sources, ports }, index) => ({ sources, ports, entry: entries[index] ?? -1 }))
    .filter(
      ({ sources, ports }) =>
        sources.includes(from.name) && (ports === "all" || ports.some((range) => overlap(range, traffic))),
    );
  const isAll =
    fitting.some(({ ports }) => ports === "all") ||
    (traffic !== "everything" &&
      covers(
        fitting.flatMap(({ ports }) => (ports === "all" ? [] : ports)),
        traffic,
      ));
  return {
    accepted: isAll ? "all" : fitting.length > 0 ? "some" : "none",
    by: "allow",
    entries: fitting.map(({ entry }) => entry),
  };
}

function overlap(range: PortRange, traffic: Exclude<Traffic, "icmp">): boolean {
  if (traffic === "everything") return true;
  return range.protocol === traffic.protocol && range.first <= traffic.last && traffic.first <= range.last;
}

/** Whether the ranges have every port of another between them. */
function covers(ranges: readonly PortRange[], { protocol, first, last }: PortRange): boolean {
  const own = ranges.filter((range) => range.protocol === protocol).sort((one, other) => one.first - other.first);
  const missing = own.reduce((next, range) => (range.first <= next ? Math.max(next, range.last + 1) : next), first);
  return missing > last;
}
