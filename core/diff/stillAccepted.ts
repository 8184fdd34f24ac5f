import type { MeshPlan } from "../plan/plan";
import type { PublicKey } from "../registry/publicKey";
import type { PublicKeys } from "../render/swanctl";

/** A key that a node may still accept from a peer, though the mesh no longer does. */
export interface StillAccepted {
  readonly node: string;
  readonly peer: string;
  readonly key: PublicKey;
}

/**
 * Keys that the mesh accepted before and no longer does, with the nodes that may not know.
 *
 * @param plan of now
 * @param before what nodes accepted at the end of the last deploy
 * @param pending what this was then
 * @param now what nodes accept now
 * @param failed names of the nodes that were not given their files in this deploy, and were to be
 */
export function stillAccepted(
  plan: MeshPlan,
  before: PublicKeys,
  pending: readonly StillAccepted[],
  now: PublicKeys,
  failed: ReadonlySet<string>,
): readonly StillAccepted[] {
  const accepted = new Set<string>(Object.values(now).flat());
  const dropped = Object.entries(before).flatMap(([peer, keys]) =>
    plan.nodes
      .filter(({ name, connections }) => name in before && isLinked(plan, connections, peer))
      .flatMap(({ name: node }) => keys.map((key) => ({ node, peer, key }))),
  );
  const known = new Set(dropped.map(({ node, key }) => `${node} ${key}`));
  return [...dropped, ...pending.filter(({ node, key }) => !known.has(`${node} ${key}`))].filter(
    ({ node, peer, key }) => node !== peer && failed.has(node) && !accepted.has(key),
  );
}

/** With a peer that is not in the mesh any more, any node may have been. */
function isLinked({ nodes }: MeshPlan, connections: MeshPlan["nodes"][number]["connections"], peer: string): boolean {
  return !nodes.some(({ name }) => name === peer) || connections.some(({ remote }) => remote.node === peer);
}
