import type { Connection } from "../plan/plan";

/**
 * What the script `verify` looks for on a node: a line `link CONNECTION PEER dial|answer` for each connection. `dial` lets it start a link that
 * is missing, which only the side that dials may do.
 */
export function expectations(connections: readonly Connection[]): string {
  return connections.map((c) => `link ${c.name} ${c.remote.node} ${c.initiates ? "dial" : "answer"}\n`).join("");
}
