import type { MeshPlan, NodePlan } from "../plan/plan";

/** A link with a peer that does not relay, so that nothing can rightly come by it but what is the peer's own. */
export interface EndPeer {
  /** The node's interface for the link. */
  readonly interface: string;
  readonly peer: NodePlan;
}

/** The node's links with peers that do not relay, in the order of the plan. */
export function endPeers(plan: MeshPlan, node: NodePlan): readonly EndPeer[] {
  const ends = new Map(plan.nodes.filter(({ relays }) => !relays).map((peer) => [peer.name, peer]));
  return node.connections.flatMap(({ name, remote }) => {
    const peer = ends.get(remote.node);
    return peer === undefined ? [] : [{ interface: name, peer }];
  });
}
