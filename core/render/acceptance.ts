import type { Acceptance, MeshPlan, NodePlan } from "../plan/plan";
import type { PortRange } from "../registry/registry";
import { bothFamilies, elementsOf, namedSet, ownNetworks } from "./addressSets";
import { overlayInterface } from "./links";

/** The sets and chains that carry out what the policy says of who may reach the node; nothing where everything is accepted. */
export function accepted(plan: MeshPlan, { accepts }: NodePlan): string {
  if (accepts === "everything") return "";
  const tags = new Map(accepts.map(({ from, sources }) => [from, sources]));
  return `${[...tags].map(([tag, sources]) => sourceSets(plan, tag, sources)).join("")}  chain accepted {
    ct state established,related accept
    tcp flags & (syn | ack) == ack accept
    icmp type { echo-request, echo-reply, destination-unreachable, time-exceeded, parameter-problem } accept
    icmpv6 type { echo-request, echo-reply, destination-unreachable, packet-too-big, time-exceeded, parameter-problem } accept
    ip6 saddr fe80::/10 udp dport 6696 accept
${accepts.map(acceptance).join("")}    drop
  }
  chain input {
    type filter hook input priority mangle
    iifname "fm*" iifname != "${overlayInterface}" jump accepted
  }
`;
}

/** The addresses of the nodes with a tag and of what is behind them, so that a join is a line more in each. */
function sourceSets(plan: MeshPlan, tag: string, names: readonly string[]): string {
  const nodes = plan.nodes.filter(({ name }) => names.includes(name));
  return bothFamilies((family) =>
    namedSet(
      setName(tag),
      family,
      nodes.flatMap((node) => elementsOf(node.name, ownNetworks(node)[family])),
    ),
  );
}

/** A line a port and not a set of ports, in which nft would refuse ranges that overlap. */
function acceptance({ from, ports }: Acceptance): string {
  const what = ports === "all" ? [""] : ports.map((range) => `${portMatch(range)} `);
  const rule = (match: string): string =>
    `    ip saddr @${setName(from)}-ip4 ${match}accept\n    ip6 saddr @${setName(from)}-ip6 ${match}accept\n`;
  return what.map(rule).join("");
}

function portMatch({ protocol, first, last }: PortRange): string {
  return `${protocol} dport ${first}${last === first ? "" : `-${last}`}`;
}

/** A tag may begin with a digit, a name in nft not. */
function setName(tag: string): string {
  return `from-${tag}`;
}
