import { groupsBy } from "../registry/groupsBy";
import type { UnlinkedPair } from "./plan";

/** Nodes that a node has no link with, all for one reason and all by way of the same relays. */
export interface UnlinkedPeers extends Pick<UnlinkedPair, "reason"> {
  /** Their names, by id. */
  readonly peers: readonly string[];
  /** Relays on one of the shortest ways to them, the nearest first. Null where there is no way. */
  readonly via: readonly string[] | null;
}

/**
 * Who each node has no link with, by the node's name, without those that lack none. For all nodes at once, as a hundred of them have some thousand such pairs.
 *
 * @param unlinked by the ids of both ends
 */
export function unlinkedPeers(unlinked: readonly UnlinkedPair[]): ReadonlyMap<string, readonly UnlinkedPeers[]> {
  const halves = unlinked.flatMap(({ a, b, reason, via }) => [
    { node: a, peer: b, reason, via },
    { node: b, peer: a, reason, via: via && [...via].reverse() },
  ]);
  return new Map(
    groupsBy(halves, ({ node }) => node).map((own) => [
      own[0].node,
      groupsBy(own, ({ reason, via }) => JSON.stringify([reason, via])).map((group) => ({
        peers: group.map(({ peer }) => peer),
        reason: group[0].reason,
        via: group[0].via,
      })),
    ]),
  );
}
