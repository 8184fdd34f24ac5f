import { createHmac } from "node:crypto";
import type { NodePlan } from "../core/plan/plan";

/**
 * The node's post-quantum preshared keys, as the script `key` takes them: a line `ppk ID SECRET` for each peer. Each is 32 bytes in hexadecimal digits,
 * HMAC-SHA-256 of the pair's name with the mesh's secret: a node that is broken into has its own pairs' keys, and no way to those of others. Secret.
 */
export function ppkLines(node: NodePlan, meshSecret: string): string {
  return ppkIds(node)
    .map((id) => `ppk ${id} ${createHmac("sha256", meshSecret).update(id).digest("hex")}\n`)
    .join("");
}

/** The names of the preshared keys that the node needs, each once. */
export function ppkIds({ connections }: NodePlan): readonly string[] {
  return [...new Set(connections.flatMap(({ ppkId }) => (ppkId === undefined ? [] : [ppkId])))];
}
