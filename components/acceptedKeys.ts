import type { StillAccepted } from "../core/diff/stillAccepted";
import { publicKeyOf, type PublicKey } from "../core/registry/publicKey";
import type { PublicKeys } from "../core/render/swanctl";
import { linesOf } from "./lastOutputs";

/** The stack output of all keys that the mesh accepts. */
export const acceptedKeysOutput = "acceptedKeys";

/** The stack output of the keys that it no longer accepts and some nodes may still. */
export const stillAcceptedOutput = "stillAcceptedKeys";

/** A line `NODE KEY` a key. */
export function acceptedKeyLines(keys: PublicKeys): readonly string[] {
  return Object.entries(keys).flatMap(([node, accepted]) => accepted.map((key) => `${node} ${key}`));
}

/** What the mesh accepted when this stack was deployed last. */
export function acceptedKeys(outputs: Readonly<Record<string, unknown>>): PublicKeys {
  const keys = new Map<string, readonly PublicKey[]>();
  for (const line of linesOf(outputs, acceptedKeysOutput)) {
    const [node = "", key = ""] = line.split(" ");
    keys.set(node, [...(keys.get(node) ?? []), publicKeyOf(key)]);
  }
  return Object.fromEntries(keys);
}

/** A line `NODE PEER KEY` each. */
export function stillAcceptedLines(all: readonly StillAccepted[]): readonly string[] {
  return all.map(({ node, peer, key }) => `${node} ${peer} ${key}`);
}

/** The same when this stack was deployed last. */
export function lastStillAccepted(outputs: Readonly<Record<string, unknown>>): readonly StillAccepted[] {
  return linesOf(outputs, stillAcceptedOutput).map((line) => {
    const [node = "", peer = "", key = ""] = line.split(" ");
    return { node, peer, key: publicKeyOf(key) };
  });
}
