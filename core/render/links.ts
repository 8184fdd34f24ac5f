import type { Connection, ManagedNode, MeshPlan, NodePlan } from "../plan/plan";
import { hostPaths, managedByLine, type HostFile } from "./hostFile";

/** Name of the network namespace that has the links on a node that isolates the overlay, as ip-netns(8) has it. */
export const networkNamespace = "fullmesh";

/** Name of the VRF that has the overlay on a node that isolates it so, as ip-vrf(8) has it. Its links are in the namespace of the same name. */
export const vrf = networkNamespace;

/** Routing table of the VRF: "fm" in ASCII. */
const vrfTable = 0x666d;

/** The namespace's end of the way to the VRF. */
export const vethToVrf = "fullmesh-vrf";

/** The VRF's end of it. */
export const vethToLinks = "fullmesh-links";

/** RFC 8200 section 5. */
const minIpv6MtuBytes = 1280;

/** Interface that holds the node's overlay addresses: they belong to the node, not to one of its links. */
export const overlayInterface = "fm-overlay";

/**
 * The node's interfaces, as the script `links` makes them: a line each, so that a join is one line more in a review. The one host-wide sysctl
 * stands here and not in /etc/sysctl.d, because `links` keeps each other interface the host or router that it was: forwarding would end its router advertisements
 * (kernel ip-sysctl, accept_ra). IPv4 forwarding it sets on the links alone. The overlay's networks, and those that other nodes announce, are unreachable but for the
 * routes that babel has: else packets for a node that is away would leave by the default route, in clear. Peers have a fallback route straight over their link, too, which is there while
 * babeld starts again: it takes its filters at its start only.
 */
export function linksTable(plan: MeshPlan, node: ManagedNode): HostFile {
  const peers = new Map(plan.nodes.map((peer) => [peer.name, peer]));
  return {
    path: hostPaths.links,
    mode: "0644",
    content: `${managedByLine}
# isolation MODE [NAMESPACE]
isolation ${node.isolation}${node.isolation === "none" ? "" : ` ${networkNamespace}`}
# sysctl KEY VALUE
sysctl net/ipv6/conf/all/forwarding 1
${node.isolation === "none" ? "" : ownReversePathFilter}${node.isolation === "vrf" ? wayToVrf(node) : ""}# overlay INTERFACE IPV4 IPV6
overlay ${overlayInterface} ${node.overlay.ipv4}/32 ${node.overlay.ipv6}/128
# unreachable NETWORK
${unreachable(plan, node)}# link INTERFACE IF_ID MTU LINK_LOCAL
${node.connections.map((c) => `link ${c.name} ${c.ifId} ${c.mtuBytes} ${c.local.linkLocal}/64\n`).join("")}# fallback INTERFACE METRIC NEXT_HOP IPV4 IPV6
${node.connections.map((connection) => fallback(connection, peers)).join("")}`,
  };
}

function unreachable({ overlay, nodes }: MeshPlan, node: ManagedNode): string {
  const announced = nodes.filter(({ id }) => id !== node.id).flatMap(({ prefixes }) => prefixes);
  return [overlay.ipv4, overlay.ipv6, ...announced].map((network) => `unreachable ${network}\n`).join("");
}

/**
 * Of the namespace alone. Its links have no IPv4 address, so either mode of the filter drops what comes by another link than the way back is; and a packet that has
 * crossed from one namespace to another no longer counts as one that came by IPsec, which the filter would let pass (kernel, __fib_validate_source). Source: ip-sysctl,
 * rp_filter, of which the larger of `all` and the interface's is used.
 */
const ownReversePathFilter = "sysctl net/ipv4/conf/all/rp_filter 0\n";

/** What the script `vrf` makes. A packet that fits none of the links is too large for the way to them, too, so that the sender knows at once. */
function wayToVrf({ connections, prefixes }: ManagedNode): string {
  const mtuBytes = Math.max(...connections.map((connection) => connection.mtuBytes), minIpv6MtuBytes);
  return `sysctl net/ipv4/conf/${vethToVrf}/forwarding 1
sysctl net/ipv4/conf/${vethToVrf}/rp_filter 0
# vrf TABLE MTU
vrf ${vrfTable} ${mtuBytes}
# behind NETWORK
${prefixes.map((prefix) => `behind ${prefix}\n`).join("")}`;
}

function fallback({ name, fallbackMetric, remote }: Connection, peers: ReadonlyMap<string, NodePlan>): string {
  const peer = peers.get(remote.node);
  if (peer === undefined) throw new Error(`the plan has a link with ${remote.node}, which is none of its nodes`);
  return `fallback ${name} ${fallbackMetric} ${remote.linkLocal} ${peer.overlay.ipv4} ${peer.overlay.ipv6}\n`;
}
