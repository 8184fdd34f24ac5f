import { createHash } from "node:crypto";
import { managedNodes } from "../plan/managed";
import type { MeshPlan } from "../plan/plan";
import { publicKeyOfBytes, type PublicKey } from "../registry/publicKey";
import type { HostFile } from "../render/hostFile";
import { renderNode } from "../render/renderNode";
import type { PublicKeys } from "../render/swanctl";

/** The files of nodes, rendered when they are asked for: those of a large mesh are more than fits into memory. */
export interface FilesByNode {
  readonly names: readonly string[];
  /** Undefined for a name that is none of them. */
  get(name: string): readonly HostFile[] | undefined;
}

/**
 * The files of all managed nodes, for comparison with those of another plan: with texts that stand in for keys.
 *
 * @param word what these texts begin with: another one for another plan makes all its keys others
 */
export function filesByNode(plan: MeshPlan, word = "key"): FilesByNode {
  const keys = standInKeys(plan, word);
  const nodes = new Map(managedNodes(plan).map((node) => [node.name, node]));
  return {
    names: [...nodes.keys()],
    get: (name) => {
      const node = nodes.get(name);
      return node && renderNode(plan, node, keys);
    },
  };
}

/** The keys that fullmesh makes are in the state alone, and those of one number are the same before and after. */
function standInKeys({ nodes }: MeshPlan, word: string): PublicKeys {
  return Object.fromEntries(
    nodes.map((node) => [
      node.name,
      node.managed ? node.keys.map((key) => standInKey(`${word} ${key} ${node.name}`)) : [node.publicKey],
    ]),
  );
}

/** What has the form of a public key, another for each text. */
function standInKey(text: string): PublicKey {
  return publicKeyOfBytes(createHash("sha256").update(text).digest());
}
