import type { NodePlan } from "../plan/plan";
import { hostPaths, managedByLine, type HostFile } from "./hostFile";

/** Interface that holds the node's overlay addresses: they belong to the node, not to one of its links. */
export const overlayInterface = "fm-overlay";

/**
 * The node's interfaces, as the script `links` makes them: a line each, so that a join is one line more in a review. The one host-wide sysctl
 * stands here and not in /etc/sysctl.d, because `links` must first keep router advertisements working, which forwarding would switch off
 * (kernel ip-sysctl, accept_ra). IPv4 forwarding it sets on the links alone.
 */
export function linksTable(node: NodePlan): HostFile {
  return {
    path: hostPaths.links,
    mode: "0644",
    content: `${managedByLine}
# sysctl KEY VALUE
sysctl net/ipv6/conf/all/forwarding 1
# overlay INTERFACE IPV4 IPV6
overlay ${overlayInterface} ${node.overlay.ipv4}/32 ${node.overlay.ipv6}/128
# link INTERFACE IF_ID MTU LINK_LOCAL
${node.connections.map((c) => `link ${c.name} ${c.ifId} ${c.mtuBytes} ${c.local.linkLocal}/64\n`).join("")}`,
  };
}
