import type { BabelProfile } from "../registry/babelProfile";
import type { Connection, MeshPlan, NodePlan } from "../plan/plan";
import { hostPaths, managedByLine, type HostFile } from "./hostFile";

/**
 * babeld's configuration (babeld(8)). Its `interface` lines are changed in the running daemon; a change of anything else restarts it.
 * The MAC key that `key mesh` names stands in a file of its own, for this one can be read by anyone.
 */
export function babeldConfiguration(plan: MeshPlan, node: NodePlan): HostFile {
  const { babel } = plan;
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

${node.relays ? "" : ownRoutesOnly(node)}# What it sends into the mesh comes from its overlay addresses.
install ip 0.0.0.0/0 pref-src ${node.overlay.ipv4}
install ip ::/0 pref-src ${node.overlay.ipv6}

${node.connections.map((connection) => `interface ${connection.name} ${interfaceOptions(babel, connection)}\n`).join("")}`,
  };
}

/**
 * On each interface, and not as `default`, because babeld forgets the defaults for interfaces that are added while it runs. The mesh's MAC key is not for nodes that
 * are not managed: IPsec alone says who is at the other end.
 */
function interfaceOptions(babel: BabelProfile, { rxcost, remote }: Connection): string {
  return [
    `type tunnel split-horizon true v4-via-v6 true${remote.managed ? " key mesh" : ""}`,
    `rxcost ${rxcost} hello-interval ${babel.helloIntervalSeconds} update-interval ${babel.updateIntervalSeconds}`,
    `rtt-min ${babel.rttMinMs} rtt-max ${babel.rttMaxMs} max-rtt-penalty ${babel.maxRttPenalty}`,
  ].join(" ");
}

/** A node that does not relay tells nobody of the routes that it has learned. */
function ownRoutesOnly({ overlay, prefixes }: NodePlan): string {
  const own = [`${overlay.ipv4}/32`, `${overlay.ipv6}/128`, ...prefixes];
  const lines = own.map((prefix) => `out ip ${prefix} eq ${prefixLength(prefix)} allow\n`);
  return `# It relays for nobody.\n${lines.join("")}out deny\n\n`;
}

/** Two rules, because one that names no protocol leaves out routes that were made by hand, without a protocol: `boot`, number 3. */
function announcement(prefix: string): string {
  const route = `redistribute ip ${prefix} eq ${prefixLength(prefix)}`;
  return `${route} allow\n${route} proto 3 allow\n`;
}

function prefixLength(prefix: string): string {
  return prefix.slice(prefix.indexOf("/") + 1);
}
