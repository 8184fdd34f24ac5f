import type { Connection, MeshPlan, NodePlan } from "../plan/plan";
import type { AddressFamily } from "../registry/registry";
import { endPeers } from "./endPeers";
import { hostPaths, managedByLine, type HostFile } from "./hostFile";

/**
 * babeld's configuration (babeld(8)). Its `interface` lines are changed in the running daemon; a change of anything else restarts it.
 * The MAC key that `key mesh` names stands in a file of its own, for this one can be read by anyone.
 */
export function babeldConfiguration(plan: MeshPlan, node: NodePlan): HostFile {
  return {
    path: hostPaths.babeld,
    mode: "0644",
    content: `${managedByLine}
# A new router id at each start: neighbours need not remember the sequence numbers of the last run.
random-id true
state-file ${hostPaths.babelState}
local-path-readwrite ${hostPaths.babelSocket}
skip-kernel-setup true

# What this node announces: its overlay addresses and the networks behind it.
redistribute local ip ${node.overlay.ipv4}/32 eq 32 allow
redistribute local ip ${node.overlay.ipv6}/128 eq 128 allow
${node.prefixes.map(announcement).join("")}redistribute local deny

${node.relays ? "" : ownRoutesOnly(node)}${takenRoutes(plan, node)}# What it sends into the mesh comes from its overlay addresses.
install ip 0.0.0.0/0 pref-src ${node.overlay.ipv4}
install ip ::/0 pref-src ${node.overlay.ipv6}

${node.connections.map((connection) => `interface ${connection.name} ${interfaceOptions(plan, connection)}\n`).join("")}`,
  };
}

/**
 * On each interface, and not as `default`, because babeld forgets the defaults for interfaces that are added while it runs. The mesh's MAC key is not for nodes that
 * are not managed: IPsec alone says who is at the other end. While the key is changed it does so for all, as babeld (1.12.1, 1.13.1) takes one key an interface: what
 * is signed with another is accepted, too.
 */
function interfaceOptions({ babel, secrets }: MeshPlan, { rxcost, remote }: Connection): string {
  const key = secrets.length > 1 ? " key mesh accept-bad-signatures true" : " key mesh";
  return [
    `type tunnel split-horizon true v4-via-v6 true${remote.managed ? key : ""}`,
    `rxcost ${rxcost} hello-interval ${babel.helloIntervalSeconds} update-interval ${babel.updateIntervalSeconds}`,
    `rtt-min ${babel.rttMinMs} rtt-max ${babel.rttMaxMs} max-rtt-penalty ${babel.maxRttPenalty}`,
  ].join(" ");
}

/** A node that does not relay tells nobody of the routes that it has learned. */
function ownRoutesOnly(node: NodePlan): string {
  const lines = ownNetworks(node).map((network) => `out ${exactly(network)} allow\n`);
  return `# It relays for nobody.\n${lines.join("")}out deny\n\n`;
}

/**
 * Which routes a node takes from its peers; the first rule that fits decides. So nobody draws a node's traffic to himself with its addresses, and neither an
 * endpoint's address nor a default route comes in: what a node may announce, the registry has checked to hold no endpoint. A peer that relays hands on the routes
 * of others, and the overlay's host routes are taken from it without a list of nodes, so that a node that joins changes no rule; but only as far as there are ids, or
 * one that makes up thousands would have babeld drop those of all others.
 */
function takenRoutes(plan: MeshPlan, node: NodePlan): string {
  const own = ownNetworks(node).map((network) => `in ${exactly(network)} deny\n`);
  const ends = endPeers(plan, node).map(({ interface: link, peer }) => {
    const allowed = ownNetworks(peer).map((network) => `in ${exactly(network)} if ${link} allow\n`);
    return `${allowed.join("")}in if ${link} deny\n`;
  });
  const announced = plan.nodes
    .filter((other) => other !== node)
    .flatMap(({ prefixes }) => prefixes)
    .map((prefix) => `in ${exactly(prefix)} allow\n`);
  return `# What it takes from others: nothing that is its own.
${own.join("")}${ends.length === 0 ? "" : `# From a peer that does not relay, what is that peer's.\n${ends.join("")}`}# From one that relays, the addresses of nodes, and the networks that nodes announce.
in ip ${narrowed(plan, "ip4")} eq 32 allow
in ip ${narrowed(plan, "ip6")} eq 128 allow
${announced.join("")}in deny

`;
}

/** So few addresses are taken at least, that small meshes grow without a change. */
const minAddresses = 256;

/** The part of the overlay that has the addresses of all ids up to a power of two. */
function narrowed({ overlay, highestId }: MeshPlan, family: AddressFamily): string {
  const highest = Math.max(minAddresses - 1, highestId);
  const [address, length] = family === "ip4" ? [overlay.ipv4, 32] : [overlay.ipv6, 128];
  const bits = Math.ceil(Math.log2(highest + 1));
  return `${address.slice(0, address.indexOf("/"))}/${length - bits}`;
}

/** What a node may announce. */
function ownNetworks({ overlay, prefixes }: NodePlan): readonly string[] {
  return [`${overlay.ipv4}/32`, `${overlay.ipv6}/128`, ...prefixes];
}

/** Two rules, because one that names no protocol leaves out routes that were made by hand, without a protocol: `boot`, number 3. */
function announcement(prefix: string): string {
  const route = `redistribute ${exactly(prefix)}`;
  return `${route} allow\n${route} proto 3 allow\n`;
}

/** The network itself, and none within it. */
function exactly(network: string): string {
  return `ip ${network} eq ${network.slice(network.indexOf("/") + 1)}`;
}
