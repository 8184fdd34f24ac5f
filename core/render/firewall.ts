import type { ManagedNode, MeshPlan, NodePlan } from "../plan/plan";
import { behind, meshSets, ownNetworks, ownSets, setOf } from "./addressSets";
import { endPeers } from "./endPeers";
import { hostPaths, managedByLine, type HostFile } from "./hostFile";
import { vethToLinks, vethToVrf, vrf } from "./links";
import { accepted } from "./acceptance";
import { neighbours, neighbourSets } from "./partnerNeighbours";
import { underlayRules } from "./underlayRules";

/** Our own tables, each of which is replaced as a whole in one transaction; nothing of others' is touched. The script `firewall` takes them away. */
const firewallTable = "inet fullmesh";
const underlayTable = "inet fullmesh-underlay";

/**
 * The node's nftables rules (nft(8)).
 *
 * - A SYN that goes into a link says how large a segment the link carries, so that TCP need not rely on ICMP, which much of the Internet drops.
 * - What comes by a link is from the overlay or from a network that some node announces, never from the node's own; and it is for the node or a network that the
 *   node announces, or, on a node that relays, for another's. So no link is a gateway to whatever else the node can reach. By a link with a peer that does not
 *   relay comes only what is from that peer: IPsec says which node a packet is from, but not whose address it may have. A node that is not managed has link-local
 *   addresses of its own choice.
 * - What is from the overlay, or for it or another node's network, never passes in clear: with no route in the mesh it is dropped.
 * - A node that does not relay forwards nothing from link to link; one that does keeps no record of the connections of others, which they could fill.
 * - Where the policy says what may be reached, nothing else comes in by a link, for the node or for what is behind it. What the node relays is not its to judge.
 *   Only packets from links are looked at, so that no rule can lock the operator out, who comes over the underlay. Connections are tracked in this case alone.
 *   One that began before is not known to the tracking until this end sends something, and it may wait for the other for ever: so TCP packets that cannot begin a
 *   connection pass.
 */
export function firewall(plan: MeshPlan, node: NodePlan): HostFile {
  const rules = `${ownSets(node)}${meshSets(plan)}${neighbourSets(node)}${accepted(plan, node)}${chainSources(`    iifname "fm*" ip saddr @own-ip4 drop
    iifname "fm*" ip6 saddr @own-ip6 drop
    iifname "fm*" ip saddr != @mesh-ip4 drop
    iifname "fm*" ip6 saddr != @mesh-ip6 ip6 saddr != fe80::/10 drop
    iifname "fm*" ip daddr != @${reachable(node)}-ip4 drop
    iifname "fm*" ip6 daddr != @${reachable(node)}-ip6 ip6 daddr != { fe80::/10, ff00::/8 } drop
${clearText(plan, node, trusted(node))}${ownReversePath(node)}${sources(plan, node)}${neighbours(node)}${node.relays ? untracked : ""}`)}  chain forward {
    type filter hook forward priority mangle
    oifname "fm*" tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu
${node.relays ? "" : `    iifname "fm*" oifname "fm*" drop\n`}${node.accepts === "everything" ? "" : `    iifname "fm*" oifname != "fm*" jump accepted\n`}  }
${leaving}`;
  return { path: hostPaths.firewall, mode: "0644", content: rulesFile(firewallTable, rules) };
}

/** The whole table takes the place of the one before in one transaction. */
function rulesFile(table: string, rules: string): string {
  return `${managedByLine}
table ${table}
delete table ${table}
table ${table} {
${rules}}
`;
}

/** Which destinations may come by a link. Where the node relays, babel says which link they leave by. */
function reachable({ relays }: NodePlan): "own" | "mesh" {
  return relays ? "mesh" : "own";
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

/** What is from a network behind the node comes by the interface that leads there, not from whoever is near another one. */
function ownReversePath(node: NodePlan): string {
  const from = behind(node);
  const rule = (protocol: "ip" | "ip6", networks: readonly string[]): string =>
    networks.length === 0
      ? ""
      : `    iifname != { "lo", "fm*" } ${protocol} saddr ${setOf(networks)} fib saddr . iif oif missing drop\n`;
  return rule("ip", from.ip4) + rule("ip6", from.ip6);
}

/** Last in its chain, behind what drops. */
const untracked = `    iifname "fm*" ip daddr != @own-ip4 notrack
    iifname "fm*" ip6 daddr != @own-ip6 ip6 daddr != { fe80::/10, ff00::/8 } notrack
`;

/** Matches sources that are none of those; anything where there are none. */
function notFrom(protocol: "ip" | "ip6", sources: readonly string[]): string {
  return sources.length === 0 ? "" : `${protocol} saddr != ${setOf(sources)} `;
}

/**
 * What goes into a link and is not relayed is from the node itself or from a network behind it: whoever else has the node forward it would be answered in clear.
 * What is for another node, or for a network behind one, leaves by a link or not at all. A packet passes here twice: into the link, and, about to be encrypted, out of
 * the uplink (kernel, xfrm4_output).
 */
const leaving = `  chain leaving {
    type filter hook postrouting priority srcnat + 10
    oifname "fm*" iifname != "fm*" ip saddr != @own-ip4 drop
    oifname "fm*" iifname != "fm*" ip6 saddr != @own-ip6 ip6 saddr != fe80::/10 drop
    oifname != { "lo", "fm*" } rt ipsec missing ip daddr @mesh-ip4 ip daddr != @own-ip4 drop
    oifname != { "lo", "fm*" } rt ipsec missing ip6 daddr @mesh-ip6 ip6 daddr != @own-ip6 drop
  }
`;

/** The rules of the host's own network, wherever the links are: what holds of the underlay, and of clear text where the host has the VRF. A table of its own. */
export function underlayFirewall(plan: MeshPlan, node: ManagedNode): HostFile {
  const clear = node.isolation === "vrf" ? chainSources(clearText(plan, node, ["lo", vrf, vethToLinks])) : "";
  return {
    path: hostPaths.underlay,
    mode: "0644",
    content: rulesFile(underlayTable, `${underlayRules(plan, node)}${clear}`),
  };
}

function chainSources(rules: string): string {
  return `  chain sources {
    type filter hook prerouting priority raw
${rules}  }
`;
}

/** For each link with a peer that does not relay: the addresses that its packets may come from. */
function sources(plan: MeshPlan, node: NodePlan): string {
  const rules = endPeers(plan, node).flatMap(({ interface: link, peer }) => {
    const { ip4, ip6 } = ownNetworks(peer);
    return [
      `    iifname "${link}" ip saddr != ${setOf(ip4)} drop\n`,
      `    iifname "${link}" ip6 saddr != ${setOf([peer.managed ? peer.linkLocal : "fe80::/10", ...ip6])} drop\n`,
    ];
  });
  return rules.join("");
}
