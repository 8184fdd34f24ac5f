import { linkName } from "../plan/connectionName";
import type { Link, MeshPlan } from "../plan/plan";

/**
 * Who has a link with whom, as sets of bits, so that a mesh of 400 nodes can be taken apart a thousand times in seconds. A node is its index in `MeshPlan.nodes`, which
 * are by id; a set of nodes has the node i in bit i % 32 of word i / 32, and a matrix has such a set for each node, one after the other.
 */
export interface Graph {
  /** By id. */
  readonly names: readonly string[];
  /** Words of a set. */
  readonly words: number;
  /** Nodes that have not been taken away. */
  readonly alive: Uint32Array;
  /** Nodes that carry what others send each other. */
  readonly relays: Uint32Array;
  /** Nodes that are ours; two that are not are none of our business. */
  readonly managed: Uint32Array;
  /** Matrix: the peers of each node. */
  readonly peers: Uint32Array;
  /** Number of links of each pair, at `a * names.length + b` and `b * names.length + a`; of pairs with a node that was taken away it may be too high. */
  readonly linkCounts: Uint16Array;
}

/** The link of two nodes by their indexes, the lower first. */
export interface Edge {
  readonly a: number;
  readonly b: number;
  /** As in `fra1 - tyo1`. */
  readonly name: string;
  readonly link: Link;
}

/** The mesh as it is planned. */
export function graphOf(plan: MeshPlan): Graph {
  const { nodes } = plan;
  const words = Math.ceil(nodes.length / 32);
  const set = (isIn: (node: (typeof nodes)[number]) => boolean): Uint32Array => {
    const bits = new Uint32Array(words);
    for (const [index, node] of nodes.entries()) if (isIn(node)) add(bits, 0, index);
    return bits;
  };
  const graph: Graph = {
    names: nodes.map(({ name }) => name),
    words,
    alive: set(() => true),
    relays: set(({ relays }) => relays),
    managed: set(({ managed }) => managed),
    peers: new Uint32Array(words * nodes.length),
    linkCounts: new Uint16Array(nodes.length * nodes.length),
  };
  for (const { a, b } of edgesOf(plan)) addLink(graph, a, b);
  return graph;
}

/** The links of a plan by indexes, in the plan's order. */
export function edgesOf({ nodes, links }: MeshPlan): readonly Edge[] {
  const index = new Map(nodes.map(({ name }, at) => [name, at]));
  return links.map((link) => ({
    a: index.get(link.a.local.node) ?? 0,
    b: index.get(link.b.local.node) ?? 0,
    name: linkName(link),
    link,
  }));
}

function addLink({ names, words, peers, linkCounts }: Graph, a: number, b: number): void {
  const [ab, ba] = [a * names.length + b, b * names.length + a];
  linkCounts[ab] = (linkCounts[ab] ?? 0) + 1;
  linkCounts[ba] = (linkCounts[ba] ?? 0) + 1;
  add(peers, a * words, b);
  add(peers, b * words, a);
}

/** The mesh when nodes are away, with all their links. */
export function withoutNodes(graph: Graph, gone: readonly number[]): Graph {
  const { words } = graph;
  const alive = graph.alive.slice();
  for (const node of gone) remove(alive, 0, node);
  const peers = graph.peers.map((bits, at) => bits & (alive[at % words] ?? 0));
  for (const node of gone) peers.fill(0, node * words, (node + 1) * words);
  return { ...graph, alive, peers, relays: graph.relays.map((bits, at) => bits & (alive[at] ?? 0)) };
}

/** The mesh when links are away. */
export function withoutLinks(graph: Graph, gone: readonly Pick<Edge, "a" | "b">[]): Graph {
  const { names, words } = graph;
  const changed = { ...graph, peers: graph.peers.slice(), linkCounts: graph.linkCounts.slice() };
  for (const { a, b } of gone) {
    const left = linksBetween(changed, a, b) - 1;
    changed.linkCounts[a * names.length + b] = left;
    changed.linkCounts[b * names.length + a] = left;
    if (left > 0) continue;
    remove(changed.peers, a * words, b);
    remove(changed.peers, b * words, a);
  }
  return changed;
}

/** How many links two nodes have. */
export function linksBetween({ names, words, peers, linkCounts }: Graph, a: number, b: number): number {
  return has(peers, a * words, b) ? (linkCounts[a * names.length + b] ?? 0) : 0;
}

/** Whether it matters that two nodes reach each other: both are there, and one of them is ours. */
export function matters({ alive, managed }: Graph, a: number, b: number): boolean {
  return a !== b && has(alive, 0, a) && has(alive, 0, b) && (has(managed, 0, a) || has(managed, 0, b));
}

/** Whether the set that begins at a word has the node. */
export function has(bits: Uint32Array, start: number, node: number): boolean {
  return (((bits[start + (node >>> 5)] ?? 0) >>> (node & 31)) & 1) === 1;
}

/** Puts the node into the set that begins at a word. */
export function add(bits: Uint32Array, start: number, node: number): void {
  const at = start + (node >>> 5);
  bits[at] = (bits[at] ?? 0) | (1 << (node & 31));
}

function remove(bits: Uint32Array, start: number, node: number): void {
  const at = start + (node >>> 5);
  bits[at] = (bits[at] ?? 0) & ~(1 << (node & 31));
}
