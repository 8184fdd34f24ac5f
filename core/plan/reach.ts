import { listed } from "../registry/listed";
import { problemAt, startOf, type Problem } from "../registry/problem";
import { fullMesh, type Registry } from "../registry/registry";
import type { Link, MeshPlan, NodePlan } from "./plan";

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

/**
 * A mesh in which some nodes never reach each other is refused. A problem for each node that lacks others, those that lack most first, and each pair is named
 * once: so a node that is cut off from all is one problem.
 */
export function reachProblems({ nodes: files, policy }: Registry, { nodes, unlinked }: MeshPlan): Problem[] {
  const cut = unlinked.filter(({ via }) => via === null);
  const lacking = nodes
    .map(({ name }) => ({
      name,
      lost: cut
        .filter(({ a, b }) => a === name || b === name)
        .map(({ a, b, reason }) => ({ other: a === name ? b : a, reason })),
    }))
    .sort((one, other) => other.lost.length - one.lost.length);
  const fix =
    policy === fullMesh
      ? "give one of two an address that the other can dial, or a family that it has too"
      : "let it link with a node that relays (_policy.yaml), or give one of two an address that the other can dial";
  const named = new Set<string>();
  return lacking.flatMap(({ name, lost }) => {
    const unnamed = lost.filter(({ other }) => !named.has(other));
    named.add(name);
    if (unnamed.length === 0) return [];
    const others = unnamed.map(({ other }) => other);
    const reasons = [...new Set(unnamed.map(({ reason }) => reason))];
    const file = files.find((node) => node.name === name)?.file ?? name;
    const message = `${name} cannot reach ${listed(others, 4)}, neither by a link (${reasons.join("; ")}) nor by way of nodes that relay`;
    return [problemAt(startOf(file), message, fix)];
  });
}
