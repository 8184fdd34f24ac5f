import type { Connection, ManagedNode, MeshPlan, NodePlan } from "../plan/plan";
import { hostPaths, managedByLine, type HostFile } from "./hostFile";

/** Name of the network namespace that has the overlay on a node that isolates it, as ip-netns(8) has it. */
export const networkNamespace = "fullmesh";

/** Interface that holds the node's overlay addresses: they belong to the node, not to one of its links. */
export const overlayInterface = "fm-overlay";

/**
 * The node's interfaces, as the script `links` makes them: a line each, so that a join is one line more in a review. The one host-wide sysctl
 * stands here and not in /etc/sysctl.d, because `links` must first keep router advertisements working, which forwarding would switch off
 * (kernel ip-sysctl, accept_ra). IPv4 forwarding it sets on the links alone. The overlay's networks are unreachable but for the routes that babel has: else
 * packets for a node that is away would leave by the default route, in clear. Peers have a fallback route straight over their link, too, which is there while
 * babeld starts again: it takes its filters at its start only.
 */
export function linksTable(plan: MeshPlan, node: ManagedNode): HostFile {
  const peers = new Map(plan.nodes.map((peer) => [peer.name, peer]));
  return {
    path: hostPaths.links,
    mode: "0644",
    content: `${managedByLine}
# isolation MODE [NAMESPACE]
isolation ${node.isolation}${node.isolation === "netns" ? ` ${networkNamespace}` : ""}
# sysctl KEY VALUE
sysctl net/ipv6/conf/all/forwarding 1
# overlay INTERFACE IPV4 IPV6
overlay ${overlayInterface} ${node.overlay.ipv4}/32 ${node.overlay.ipv6}/128
# unreachable NETWORK
unreachable ${plan.overlay.ipv4}
unreachable ${plan.overlay.ipv6}
# link INTERFACE IF_ID MTU LINK_LOCAL
${node.connections.map((c) => `link ${c.name} ${c.ifId} ${c.mtuBytes} ${c.local.linkLocal}/64\n`).join("")}# fallback INTERFACE METRIC NEXT_HOP IPV4 IPV6
${node.connections.map((connection) => fallback(connection, peers)).join("")}`,
  };
}

function fallback({ name, fallbackMetric, remote }: Connection, peers: ReadonlyMap<string, NodePlan>): string {
  const peer = peers.get(remote.node);
  if (peer === undefined) throw new Error(`the plan has a link with ${remote.node}, which is none of its nodes`);
  return `fallback ${name} ${fallbackMetric} ${remote.linkLocal} ${peer.overlay.ipv4} ${peer.overlay.ipv6}\n`;
}
