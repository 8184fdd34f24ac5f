import { managedNodes } from "../plan/managed";
import type { Connection, ManagedNode, MeshPlan } from "../plan/plan";

/**
 * What the script `verify` looks for on a node: a line `link CONNECTION PEER dial|answer ADDRESS` for each connection, where `dial` lets it start a link that is
 * missing, which only the side that dials may do, and a packet of the link's MTU must get to the peer's address on the link and back; and a line `route PREFIX PEER`
 * for each overlay address of each other node, linked or not. Nodes that are not managed are left out: they may be away, or come later.
 *
 * @param away nodes that cannot be expected to be there
 */
export function expectations(plan: MeshPlan, node: ManagedNode, away: ReadonlySet<string>): string {
  const present = managedNodes(plan).filter(({ name }) => name !== node.name && !away.has(name));
  const names = new Set(present.map(({ name }) => name));
  const links = linkLines(node.connections.filter(({ remote }) => names.has(remote.node)));
  const routes = present.flatMap(({ name, overlay }) => [
    `route ${overlay.ipv4}/32 ${name}\n`,
    `route ${overlay.ipv6}/128 ${name}\n`,
  ]);
  return links + routes.join("");
}

/** The same for some of a node's links and nothing else. */
export function linkLines(connections: readonly Connection[]): string {
  return connections
    .map(
      ({ name, remote, initiates }) =>
        `link ${name} ${remote.node} ${initiates ? "dial" : "answer"} ${remote.linkLocal}\n`,
    )
    .join("");
}
