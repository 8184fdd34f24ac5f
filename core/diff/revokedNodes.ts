import type { PublicKeys } from "../render/swanctl";

/**
 * Names of the nodes none of whose former keys is accepted any more, which happens to those alone whose key is revoked: a rotation keeps one of them at each step.
 *
 * @param before the keys that were accepted at the end of the last deploy
 * @param now those that are accepted in this one
 */
export function revokedNodes(before: PublicKeys, now: PublicKeys): ReadonlySet<string> {
  return new Set(
    Object.entries(before)
      .filter(([node, keys]) => keys.length > 0 && !keys.some((key) => now[node]?.includes(key)))
      .map(([node]) => node),
  );
}
