import type { Acceptance, MeshPlan, NodePlan } from "../plan/plan";
import type { AddressFamily, PortRange } from "../registry/registry";
import { endPeers } from "./endPeers";
import { hostPaths, managedByLine, type HostFile } from "./hostFile";
import { overlayInterface } from "./links";

/** Our own table, which is made anew as a whole in one transaction; nothing of others' is touched. The script `firewall` takes it away. */
const firewallTable = "inet fullmesh";

/**
 * The node's nftables rules (nft(8)).
 *
 * - A SYN that goes into a link says how large a segment the link carries, so that TCP need not rely on ICMP, which much of the Internet drops.
 * - What claims to be from the overlay comes by a link. By a link with a peer that does not relay, only what is from that peer: IPsec says which node a packet
 *   is from, but not whose address it may have. A node that is not managed has link-local addresses of its own choice.
 * - A node that does not relay forwards nothing from link to link.
 * - Where the policy says what may be reached, nothing else comes in by a link, for the node or for what is behind it. What the node relays is not its to judge.
 *   Only packets from links are looked at, so that no rule can lock the operator out, who comes over the underlay. Connections are tracked in this case alone.
 */
export function firewall(plan: MeshPlan, node: NodePlan): HostFile {
  return {
    path: hostPaths.firewall,
    mode: "0644",
    content: `${managedByLine}
table ${firewallTable}
delete table ${firewallTable}
table ${firewallTable} {
${accepted(plan, node)}  chain sources {
    type filter hook prerouting priority raw
    iifname != { "lo", "fm*" } ip saddr ${plan.overlay.ipv4} ${behindVeth(node, `ip saddr != ${node.overlay.ipv4} `)}drop
    iifname != { "lo", "fm*" } ip6 saddr ${plan.overlay.ipv6} ${behindVeth(node, `ip6 saddr != ${node.overlay.ipv6} `)}drop
${sources(plan, node)}  }
  chain forward {
    type filter hook forward priority mangle
    oifname "fm*" tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu
${node.relays ? "" : `    iifname "fm*" oifname "fm*" drop\n`}${node.accepts === "everything" ? "" : `    iifname "fm*" oifname != "fm*" jump accepted\n`}  }
}
`,
  };
}

/** The rules are where the links are: of a node with the overlay in a VRF they see what it sends itself come by an interface. */
function behindVeth(node: NodePlan, match: string): string {
  return node.managed && node.isolation === "vrf" ? match : "";
}

/** Nothing where everything is accepted. */
function accepted(plan: MeshPlan, { accepts }: NodePlan): string {
  if (accepts === "everything") return "";
  const tags = new Map(accepts.map(({ from, sources }) => [from, sources]));
  return `${[...tags].map(([tag, sources]) => sourceSets(plan, tag, sources)).join("")}  chain accepted {
    ct state established,related accept
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

/** The addresses of the nodes with a tag and of what is behind them, a line a node and family, so that a join is a line more in each. */
function sourceSets(plan: MeshPlan, tag: string, names: readonly string[]): string {
  const nodes = plan.nodes.filter(({ name }) => names.includes(name));
  const set = (family: AddressFamily, type: string): string => {
    const elements = nodes.map((node) => `      ${addresses(node)[family].join(", ")}, # ${node.name}\n`);
    return `  set ${setName(tag, family)} {\n    type ${type}\n    flags interval\n    elements = {\n${elements.join("")}    }\n  }\n`;
  };
  return set("ip4", "ipv4_addr") + set("ip6", "ipv6_addr");
}

/** A line a port and not a set of ports, in which nft would refuse ranges that overlap. */
function acceptance({ from, ports }: Acceptance): string {
  const what = ports === "all" ? [""] : ports.map((range) => `${portMatch(range)} `);
  const rule = (match: string): string =>
    `    ip saddr @${setName(from, "ip4")} ${match}accept\n    ip6 saddr @${setName(from, "ip6")} ${match}accept\n`;
  return what.map(rule).join("");
}

function portMatch({ protocol, first, last }: PortRange): string {
  return `${protocol} dport ${first}${last === first ? "" : `-${last}`}`;
}

/** A tag may begin with a digit, a name in nft not. */
function setName(tag: string, family: AddressFamily): string {
  return `from-${tag}-${family}`;
}

/** For each link with a peer that does not relay: the addresses that its packets may come from. */
function sources(plan: MeshPlan, node: NodePlan): string {
  const rules = endPeers(plan, node).flatMap(({ interface: link, peer }) => {
    const { ip4, ip6 } = addresses(peer);
    return [
      `    iifname "${link}" ip saddr != { ${ip4.join(", ")} } drop\n`,
      `    iifname "${link}" ip6 saddr != { ${[peer.managed ? peer.linkLocal : "fe80::/10", ...ip6].join(", ")} } drop\n`,
    ];
  });
  return rules.join("");
}

/** Where packets of a node, and of what is behind it, may come from. */
function addresses({ overlay, prefixes }: NodePlan): Readonly<Record<AddressFamily, readonly string[]>> {
  return {
    ip4: [overlay.ipv4, ...prefixes.filter((prefix) => !prefix.includes(":"))],
    ip6: [overlay.ipv6, ...prefixes.filter((prefix) => prefix.includes(":"))],
  };
}

/** Loads the rules at boot, before there is a link, and again whenever the distribution's own are loaded anew, which empties all tables. */
export const firewallUnit: HostFile = {
  path: `${hostPaths.units}/fullmesh-firewall.service`,
  mode: "0644",
  content: `${managedByLine}
[Unit]
Description=fullmesh: nftables rules of the overlay
After=nftables.service
PartOf=nftables.service
Before=fullmesh-links.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${hostPaths.scripts}/firewall load
ExecReload=${hostPaths.scripts}/firewall load
ExecStop=${hostPaths.scripts}/firewall unload

[Install]
WantedBy=multi-user.target
`,
};
