import { linksBetween, matters, type Graph } from "./graph";
import { commonRelays, detourHops, reaches, regionsOf, treeFrom, type Regions, type Tree } from "./search";

/** Pairs of nodes by their indexes, a < b, by both: the pair p is `a[p]` and `b[p]`. */
export interface PairList {
  readonly a: Uint16Array;
  readonly b: Uint16Array;
}

/** What was found of pairs: at i of the i-th that was asked for. */
export interface Survey {
  /** Links on a shortest way; 0 where there is none. */
  readonly hops: Uint16Array;
  /** 1 where there is a way, and the loss of one link or of one other node ends it (Menger: there are no two ways without a common link or relay). */
  readonly oneWay: Uint8Array;
  /** 1 where a third way of two links at most is left when one is lost: nothing changes for the pair when any one other node fails. */
  readonly spare: Uint8Array;
}

/** All pairs that must reach each other. */
export function pairsOf(graph: Graph): PairList {
  const { length } = graph.names;
  const list = { a: [] as number[], b: [] as number[] };
  for (let a = 0; a < length; a++) {
    for (let b = a + 1; b < length; b++) {
      if (!matters(graph, a, b)) continue;
      list.a.push(a);
      list.b.push(b);
    }
  }
  return { a: Uint16Array.from(list.a), b: Uint16Array.from(list.b) };
}

/**
 * Looks at some pairs. Nearly all pairs of a mesh have a link or common relays, and are done with at once.
 *
 * @param asked positions in the list
 */
export function survey(graph: Graph, pairs: PairList, asked: Uint32Array): Survey {
  const found = {
    hops: new Uint16Array(asked.length),
    oneWay: new Uint8Array(asked.length),
    spare: new Uint8Array(asked.length),
  };
  const separates = separation(graph);
  let tree: Tree | undefined;
  let root = -1;
  for (let index = 0; index < asked.length; index++) {
    const [a, b] = [pairs.a[asked[index] ?? 0] ?? 0, pairs.b[asked[index] ?? 0] ?? 0];
    const links = linksBetween(graph, a, b);
    const common = commonRelays(graph, a, b);
    if (Math.min(links, 1) + common > 2) found.spare[index] = 1;
    if (links > 0) {
      found.hops[index] = 1;
      if (links + common === 1 && detourHops(graph, a, b) === undefined) found.oneWay[index] = 1;
    } else if (common > 1) {
      found.hops[index] = 2;
    } else {
      if (tree === undefined || root !== a) [tree, root] = [treeFrom(graph, a), a];
      found.hops[index] = tree.hops[b] ?? 0;
      // Whatever all ways have in common is on this one, too.
      for (let relay = tree.parents[b] ?? -1; relay >= 0 && relay !== a; relay = tree.parents[relay] ?? -1) {
        if (!separates(relay, a, b)) continue;
        found.oneWay[index] = 1;
        break;
      }
    }
  }
  return found;
}

/** Whether two nodes do not reach each other without a relay. Looks once at the mesh without each. */
function separation(graph: Graph): (relay: number, a: number, b: number) => boolean {
  const known = new Map<number, Regions>();
  return (relay, a, b) => {
    const regions = known.get(relay) ?? regionsOf(graph, relay);
    known.set(relay, regions);
    return !reaches(graph, regions, a, b);
  };
}
