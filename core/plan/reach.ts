import type { Link, NodePlan } from "./plan";

/** Peers of each node by links, with whether they relay. */
type Neighbours = ReadonlyMap<string, readonly { readonly name: string; readonly relays: boolean }[]>;

/** Who has a link with whom. */
export function neighboursBy(nodes: readonly Pick<NodePlan, "name" | "relays">[], links: readonly Link[]): Neighbours {
  const relays = new Map(nodes.map((node) => [node.name, node.relays]));
  const peers = new Map(nodes.map(({ name }) => [name, new Set<string>()]));
  for (const { a } of links) {
    peers.get(a.local.node)?.add(a.remote.node);
    peers.get(a.remote.node)?.add(a.local.node);
  }
  return new Map(
    [...peers].map(([name, set]) => [
      name,
      [...set].map((peer) => ({ name: peer, relays: relays.get(peer) === true })),
    ]),
  );
}

/** The nodes that a node reaches, each with the relays on one of the shortest ways there, by breadth-first search. */
export function waysFrom(start: string, neighbours: Neighbours): ReadonlyMap<string, readonly string[]> {
  const ways = new Map<string, readonly string[]>([[start, []]]);
  let border = [start];
  while (border.length > 0) {
    const next: string[] = [];
    for (const name of border) {
      const way = ways.get(name) ?? [];
      for (const peer of neighbours.get(name) ?? []) {
        if (ways.has(peer.name)) continue;
        ways.set(peer.name, name === start ? way : [...way, name]);
        if (peer.relays) next.push(peer.name);
      }
    }
    border = next;
  }
  return ways;
}
