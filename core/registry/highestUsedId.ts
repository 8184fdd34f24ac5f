import type { Registry } from "./registry";

/** The highest id that a node has, or that is reserved; 0 where there is none. */
export function highestUsedId({ nodes, retired }: Pick<Registry, "nodes" | "retired">): number {
  return [...nodes, ...retired].reduce((highest, { id }) => Math.max(highest, id), 0);
}
