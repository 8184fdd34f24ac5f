import type { MeshPlan, NodePlan } from "../plan/plan";
import { hostPaths, managedByLine, type HostFile } from "./hostFile";

/** Our own table, which is made anew as a whole in one transaction; nothing of others' is touched. */
export const firewallTable = "inet fullmesh";

/**
 * The node's nftables rules (nft(8)).
 *
 * - A SYN that goes into a link says how large a segment the link carries, so that TCP need not rely on ICMP, which much of the Internet drops.
 * - What claims to be from the overlay comes by a link. By a link with a peer that does not relay, only what is from that peer: IPsec says which node a packet
 *   is from, but not whose address it may have. A node that is not managed has link-local addresses of its own choice.
 * - A node that does not relay forwards nothing from link to link.
 */
export function firewall(plan: MeshPlan, node: NodePlan): HostFile {
  return {
    path: hostPaths.firewall,
    mode: "0644",
    content: `${managedByLine}
table ${firewallTable}
delete table ${firewallTable}
table ${firewallTable} {
  chain sources {
    type filter hook prerouting priority raw
    iifname != { "lo", "fm*" } ip saddr ${plan.overlay.ipv4} drop
    iifname != { "lo", "fm*" } ip6 saddr ${plan.overlay.ipv6} drop
${sources(plan, node)}  }
  chain forward {
    type filter hook forward priority mangle
    oifname "fm*" tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu
${node.relays ? "" : `    iifname "fm*" oifname "fm*" drop\n`}  }
}
`,
  };
}

/** For each link with a peer that does not relay: the addresses that its packets may come from. */
function sources(plan: MeshPlan, node: NodePlan): string {
  const peers = new Map(plan.nodes.map((peer) => [peer.name, peer]));
  const rules = node.connections.flatMap(({ name, remote }) => {
    const peer = peers.get(remote.node);
    if (peer === undefined || peer.relays) return [];
    const { overlay, linkLocal, prefixes } = peer;
    const ip4 = [overlay.ipv4, ...prefixes.filter((prefix) => !prefix.includes(":"))];
    const ip6 = [
      peer.managed ? linkLocal : "fe80::/10",
      overlay.ipv6,
      ...prefixes.filter((prefix) => prefix.includes(":")),
    ];
    return [
      `    iifname "${name}" ip saddr != { ${ip4.join(", ")} } drop\n`,
      `    iifname "${name}" ip6 saddr != { ${ip6.join(", ")} } drop\n`,
    ];
  });
  return rules.join("");
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
ExecStart=/usr/sbin/nft -f ${hostPaths.firewall}
ExecReload=/usr/sbin/nft -f ${hostPaths.firewall}
ExecStop=/usr/sbin/nft delete table ${firewallTable}

[Install]
WantedBy=multi-user.target
`,
};
