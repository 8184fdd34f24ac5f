import type { Acceptance, ManagedNode, MeshPlan, NodePlan } from "../plan/plan";
import type { AddressFamily, PortRange } from "../registry/registry";
import { endPeers } from "./endPeers";
import { hostPaths, managedByLine, type HostFile } from "./hostFile";
import { overlayInterface, vethToLinks, vethToVrf, vrf } from "./links";

/** Our own table, which is made anew as a whole in one transaction; nothing of others' is touched. The script `firewall` takes it away. */
const firewallTable = "inet fullmesh";

/**
 * The node's nftables rules (nft(8)).
 *
 * - A SYN that goes into a link says how large a segment the link carries, so that TCP need not rely on ICMP, which much of the Internet drops.
 * - What claims to be from the overlay comes by a link, and never with the node's own address; what is for it comes by a link, too. By a link with a peer that does not relay, only what is from that peer: IPsec says which node a packet
 *   is from, but not whose address it may have. A node that is not managed has link-local addresses of its own choice.
 * - A node that does not relay forwards nothing from link to link.
 * - Where the policy says what may be reached, nothing else comes in by a link, for the node or for what is behind it. What the node relays is not its to judge.
 *   Only packets from links are looked at, so that no rule can lock the operator out, who comes over the underlay. Connections are tracked in this case alone.
 *   One that began before is not known to the tracking until this end sends something, and it may wait for the other for ever: so TCP packets that cannot begin a
 *   connection pass.
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
    iifname "fm*" ip saddr ${node.overlay.ipv4} drop
    iifname "fm*" ip6 saddr ${node.overlay.ipv6} drop
${clearText(plan, node, trusted(node))}${sources(plan, node)}  }
  chain forward {
    type filter hook forward priority mangle
    oifname "fm*" tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu
${node.relays ? "" : `    iifname "fm*" oifname "fm*" drop\n`}${node.accepts === "everything" ? "" : `    iifname "fm*" oifname != "fm*" jump accepted\n`}  }
${leaving(node)}}
`,
  };
}

/** Interfaces that clear text does not come by: links, the host's own loopback, and in the namespace before a VRF the way to that. */
function trusted(node: NodePlan): readonly string[] {
  return ["lo", "fm*", ...(node.managed && node.isolation === "vrf" ? [vethToVrf] : [])];
}

/**
 * In clear nothing comes from an overlay address, and only what is from a network behind the node comes to the node's own.
 *
 * @param except interfaces that this does not hold for
 */
function clearText({ overlay }: MeshPlan, node: NodePlan, except: readonly string[]): string {
  const elsewhere = `iifname != { ${except.map((name) => `"${name}"`).join(", ")} }`;
  const { ip4, ip6 } = behind(node);
  return `    ${elsewhere} ip saddr ${overlay.ipv4} drop
    ${elsewhere} ip6 saddr ${overlay.ipv6} drop
    ${elsewhere} ip daddr ${node.overlay.ipv4} ${notFrom("ip", ip4)}drop
    ${elsewhere} ip6 daddr ${node.overlay.ipv6} ${notFrom("ip6", ip6)}drop
`;
}

/** Matches sources that are none of those; anything where there are none. */
function notFrom(protocol: "ip" | "ip6", sources: readonly string[]): string {
  return sources.length === 0 ? "" : `${protocol} saddr != { ${sources.join(", ")} } `;
}

/** What goes into a link and is not relayed is from the node itself or from a network behind it: whoever else has the node forward it would be answered in clear. */
function leaving(node: NodePlan): string {
  const { ip4, ip6 } = addresses(node);
  const own = `oifname "fm*" iifname != "fm*"`;
  return `  chain leaving {
    type filter hook postrouting priority srcnat + 10
    ${own} ${notFrom("ip", ip4)}drop
    ${own} ${notFrom("ip6", ["fe80::/10", ...ip6])}drop
  }
`;
}

/**
 * The rules of a host whose overlay is in a VRF, where there may be other interfaces, too: what holds of clear text. All else is seen to in the namespace with
 * the links.
 */
export function vrfFirewall(plan: MeshPlan, node: ManagedNode): readonly HostFile[] {
  if (node.isolation !== "vrf") return [];
  const content = `${managedByLine}
table ${firewallTable}
delete table ${firewallTable}
table ${firewallTable} {
  chain sources {
    type filter hook prerouting priority raw
${clearText(plan, node, ["lo", vrf, vethToLinks])}  }
}
`;
  return [{ path: hostPaths.vrfFirewall, mode: "0644", content }];
}

/** Nothing where everything is accepted. */
function accepted(plan: MeshPlan, { accepts }: NodePlan): string {
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
function addresses(node: NodePlan): Readonly<Record<AddressFamily, readonly string[]>> {
  const { ip4, ip6 } = behind(node);
  return { ip4: [node.overlay.ipv4, ...ip4], ip6: [node.overlay.ipv6, ...ip6] };
}

function behind({ prefixes }: NodePlan): Readonly<Record<AddressFamily, readonly string[]>> {
  return {
    ip4: prefixes.filter((prefix) => !prefix.includes(":")),
    ip6: prefixes.filter((prefix) => prefix.includes(":")),
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
