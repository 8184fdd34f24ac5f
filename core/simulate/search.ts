import { add, has, type Graph } from "./graph";

/**
 * Who reaches whom: two nodes that have a link, or that are in one of the sets. A set is some relays that reach each other by relays alone, and all that have a link with
 * one of them.
 */
export type Regions = readonly Uint32Array[];

/** The regions of the mesh, or, with a node, of the mesh without that one. */
export function regionsOf(graph: Graph, without = -1): Regions {
  const { words, peers, relays } = graph;
  const left = relays.slice();
  if (without >= 0) left[without >>> 5] = (left[without >>> 5] ?? 0) & ~(1 << (without & 31));
  const regions: Uint32Array[] = [];
  for (let start = firstOf(left); start >= 0; start = firstOf(left)) {
    const region = new Uint32Array(words);
    const border = [start];
    add(region, 0, start);
    left[start >>> 5] = (left[start >>> 5] ?? 0) & ~(1 << (start & 31));
    for (let relay = border.pop(); relay !== undefined; relay = border.pop()) {
      for (let word = 0; word < words; word++) {
        const near = peers[relay * words + word] ?? 0;
        region[word] = (region[word] ?? 0) | near;
        const fresh = near & (left[word] ?? 0);
        left[word] = (left[word] ?? 0) & ~fresh;
        pushBits(border, fresh, word);
      }
    }
    regions.push(region);
  }
  return regions;
}

/** Whether two nodes reach each other. */
export function reaches({ words, peers }: Graph, regions: Regions, a: number, b: number): boolean {
  return has(peers, a * words, b) || regions.some((region) => has(region, 0, a) && has(region, 0, b));
}

/** Shortest ways from one node: hops to each other, 0 where there is no way, and from where each was reached. */
export interface Tree {
  readonly hops: Uint16Array;
  readonly parents: Int32Array;
}

/** Breadth-first search, in which only relays are gone through. */
export function treeFrom({ names, words, peers, relays }: Graph, start: number): Tree {
  const hops = new Uint16Array(names.length);
  const parents = new Int32Array(names.length).fill(-1);
  const seen = new Uint32Array(words);
  add(seen, 0, start);
  const queue = [start];
  // What is found on the way is gone through, too.
  for (const from of queue) {
    if (from !== start && !has(relays, 0, from)) continue;
    for (let word = 0; word < words; word++) {
      const fresh = (peers[from * words + word] ?? 0) & ~(seen[word] ?? 0);
      if (fresh === 0) continue;
      seen[word] = (seen[word] ?? 0) | fresh;
      const before = queue.length;
      pushBits(queue, fresh, word);
      for (let index = before; index < queue.length; index++) {
        const found = queue[index] ?? 0;
        hops[found] = (hops[from] ?? 0) + 1;
        parents[found] = from;
      }
    }
  }
  return { hops, parents };
}

/** Hops from one node to another without the link between them; undefined where there is no such way. */
export function detourHops({ words, peers, relays }: Graph, a: number, b: number): number | undefined {
  const seen = new Uint32Array(words);
  add(seen, 0, a);
  add(seen, 0, b);
  let level = [a];
  for (let hops = 1; level.length > 0; hops++) {
    const next: number[] = [];
    for (const from of level) {
      if (from !== a && has(peers, from * words, b)) return hops;
      for (let word = 0; word < words; word++) {
        const fresh = (peers[from * words + word] ?? 0) & (relays[word] ?? 0) & ~(seen[word] ?? 0);
        seen[word] = (seen[word] ?? 0) | fresh;
        pushBits(next, fresh, word);
      }
    }
    level = next;
  }
  return undefined;
}

/** How many relays have a link with both, counted to three. */
export function commonRelays({ words, peers, relays }: Graph, a: number, b: number): number {
  let count = 0;
  for (let word = 0; word < words; word++) {
    let both = (peers[a * words + word] ?? 0) & (peers[b * words + word] ?? 0) & (relays[word] ?? 0);
    for (; both !== 0; both &= both - 1) if (++count === 3) return count;
  }
  return count;
}

function firstOf(bits: Uint32Array): number {
  const word = bits.findIndex((each) => each !== 0);
  return word < 0 ? -1 : word * 32 + lowest(bits[word] ?? 0);
}

function lowest(word: number): number {
  return 31 - Math.clz32(word & -word);
}

function pushBits(into: number[], word: number, at: number): void {
  for (let left = word; left !== 0; left &= left - 1) into.push(at * 32 + lowest(left));
}
