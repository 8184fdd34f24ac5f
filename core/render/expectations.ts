import type { Connection, MeshPlan, NodePlan } from "../plan/plan";

/**
 * What the script `verify` looks for on a node: a line `link CONNECTION PEER dial|answer` for each connection, where `dial` lets it start a link that is
 * missing, which only the side that dials may do; and a line `route PREFIX PEER` for each overlay address of each other node, linked or not.
 *
 * @param away nodes that cannot be expected to be there
 */
export function expectations(plan: MeshPlan, node: NodePlan, away: ReadonlySet<string>): string {
  const links = node.connections.filter(({ remote }) => !away.has(remote.node)).map(linkLine);
  const routes = plan.nodes
    .filter((other) => other !== node && !away.has(other.name))
    .flatMap(({ name, overlay }) => [`route ${overlay.ipv4}/32 ${name}\n`, `route ${overlay.ipv6}/128 ${name}\n`]);
  return [...links, ...routes].join("");
}

function linkLine({ name, remote, initiates }: Connection): string {
  return `link ${name} ${remote.node} ${initiates ? "dial" : "answer"}\n`;
}
