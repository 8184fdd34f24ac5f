import { createHmac } from "node:crypto";
import type { NodePlan } from "../core/plan/plan";
import { ppkIdBy } from "../core/plan/ppk";

/**
 * The node's post-quantum preshared keys, as the script `key` takes them: a line `ppk ID SECRET` for each peer and secret of the mesh. Each is 32 bytes in
 * hexadecimal digits, HMAC-SHA-256 of its name with the mesh's secret: a node that is broken into has its own pairs' keys, and no way to those of others. Secret.
 *
 * @param secrets the mesh's secrets that preshared keys derive from, by number
 */
export function ppkLines(node: NodePlan, secrets: Readonly<Record<number, string>>): string {
  return Object.entries(secrets)
    .flatMap(([number, secret]) =>
      ppkIds(node).map((first) => {
        const id = ppkIdBy(Number(number), first);
        return `ppk ${id} ${createHmac("sha256", secret).update(id).digest("hex")}\n`;
      }),
    )
    .join("");
}

/** The names of the first preshared keys that the node needs, each once. */
export function ppkIds({ connections }: NodePlan): readonly string[] {
  return [...new Set(connections.flatMap(({ ppkId }) => (ppkId === undefined ? [] : [ppkId])))];
}
