import { managedNodes } from "../plan/managed";
import type { MeshPlan } from "../plan/plan";
import type { HostFile } from "../render/hostFile";
import { renderNode } from "../render/renderNode";
import type { PublicKeys } from "../render/swanctl";

export type FilesByNode = ReadonlyMap<string, readonly HostFile[]>;

/**
 * The files of all managed nodes, for comparison with those of another plan: with texts that stand in for keys.
 *
 * @param word what these texts begin with: another one for another plan makes all its keys others
 */
export function filesByNode(plan: MeshPlan, word = "key"): FilesByNode {
  const keys = standInKeys(plan, word);
  return new Map(managedNodes(plan).map((node) => [node.name, renderNode(plan, node, keys)]));
}

/** The keys that fullmesh makes are in the state alone, and those of one number are the same before and after. */
function standInKeys({ nodes }: MeshPlan, word: string): PublicKeys {
  return Object.fromEntries(
    nodes.map((node) => [
      node.name,
      node.managed ? node.keys.map((key) => `${word}-${key}-of-${node.name}`) : [node.publicKey],
    ]),
  );
}
