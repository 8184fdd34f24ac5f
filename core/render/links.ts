import type { Connection, ManagedNode, MeshPlan, NodePlan } from "../plan/plan";
import { hostPaths, managedByLine, type HostFile } from "./hostFile";
import { isolationWords } from "./isolation";

/** Interface that holds the node's overlay addresses: they belong to the node, not to one of its links. */
export const overlayInterface = "fm-overlay";

/**
 * The node's interfaces, as the script `links` makes them: a line each, so that a join is one line more in a review. Host-wide sysctls
 * stand here and not in /etc/sysctl.d, because `links` must first keep router advertisements working, which forwarding would switch off
 * (kernel ip-sysctl, accept_ra). IPv4 forwarding it sets on the links alone. The overlay's networks are unreachable but for the routes that babel has: else
 * packets for a node that is away would leave by the default route, in clear. In a VRF everything else is, too: else the main table would be asked next (kernel
 * vrf.rst); and babeld, which binds to no interface, hears nothing there without udp_l3mdev_accept. Peers have a fallback route straight over their link, too, which is there while
 * babeld starts again: it takes its filters at its start only.
 */
export function linksTable(plan: MeshPlan, node: ManagedNode): HostFile {
  const peers = new Map(plan.nodes.map((peer) => [peer.name, peer]));
  return {
    path: hostPaths.links,
    mode: "0644",
    content: `${managedByLine}
# isolation MODE [NAME [TABLE]]
isolation ${isolationWords(node.isolation)}
# sysctl KEY VALUE
sysctl net/ipv6/conf/all/forwarding 1
${node.isolation === "vrf" ? "sysctl net/ipv4/udp_l3mdev_accept 1\n" : ""}# overlay INTERFACE IPV4 IPV6
overlay ${overlayInterface} ${node.overlay.ipv4}/32 ${node.overlay.ipv6}/128
# unreachable NETWORK
${unreachable(plan, node)
  .map((network) => `unreachable ${network}\n`)
  .join("")}# link INTERFACE IF_ID MTU LINK_LOCAL
${node.connections.map((c) => `link ${c.name} ${c.ifId} ${c.mtuBytes} ${c.local.linkLocal}/64\n`).join("")}# fallback INTERFACE METRIC NEXT_HOP IPV4 IPV6
${node.connections.map((connection) => fallback(connection, peers)).join("")}`,
  };
}

function unreachable({ overlay }: MeshPlan, { isolation }: ManagedNode): readonly string[] {
  return isolation === "vrf" ? ["0.0.0.0/0", "::/0"] : [overlay.ipv4, overlay.ipv6];
}

function fallback({ name, fallbackMetric, remote }: Connection, peers: ReadonlyMap<string, NodePlan>): string {
  const peer = peers.get(remote.node);
  if (peer === undefined) throw new Error(`the plan has a link with ${remote.node}, which is none of its nodes`);
  return `fallback ${name} ${fallbackMetric} ${remote.linkLocal} ${peer.overlay.ipv4} ${peer.overlay.ipv6}\n`;
}
