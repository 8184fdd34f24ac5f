import { linkName } from "../plan/connectionName";
import type { MeshPlan } from "../plan/plan";
import { infiniteMetric } from "./linkCost";
import type { MeasuredLink, MeasuredMesh } from "./measured";

/** A way from one node to another. */
export interface Path {
  /** Names of the nodes, both ends with them. */
  readonly nodes: readonly string[];
  /** babel's metric of it, as the first node has it: the sum of the links' costs. */
  readonly metric: number;
  /** Sum of the links' round-trip times; null where one of them was not measured. */
  readonly rttMs: number | null;
}

/** What is to be expected when a link is taken away, once babel has settled. */
export interface Prediction {
  /** As in `fra1 - tyo1`. */
  readonly link: string;
  /** The path from the node with the lower id to the other; null where there is none. */
  readonly before: Path | null;
  readonly after: Path | null;
}

/**
 * The path between both ends of each link that works, with it and without it, in the order of the plan. babel takes the path with the least metric; of several with the
 * same it keeps the one that it has, here it is the one that is found first, by ids.
 */
export function predict(plan: MeshPlan, { links }: MeasuredMesh): readonly Prediction[] {
  const hops = bestHops(plan, links);
  return plan.links.flatMap((planned, at): Prediction[] => {
    const link = links[at];
    if (link == null) return [];
    const { a, b } = link;
    const tree = hops.treeFrom(a);
    const before = hops.path(tree, a, b);
    const after = hops.without(link, () => hops.path(hops.around(tree, a, b), a, b));
    return [{ link: linkName(planned), before, after }];
  });
}

/** Best metrics from one node, and the node before each on the path there. */
interface PathTree {
  readonly metrics: Float64Array;
  readonly parents: Int32Array;
}

/** The best link of each pair, in both directions, and searches over them. */
function bestHops(plan: MeshPlan, links: readonly (MeasuredLink | null)[]) {
  const { length } = plan.nodes;
  const costs = new Float64Array(length * length).fill(Infinity);
  const rtts = new Float64Array(length * length).fill(NaN);
  const byPair = new Map<number, MeasuredLink[]>();
  for (const link of links) {
    if (link === null) continue;
    const at = link.a * length + link.b;
    byPair.set(at, [...(byPair.get(at) ?? []), link]);
  }
  /** Of several links of a pair, each direction goes by the one that is cheapest there. */
  const setPair = (a: number, b: number, without?: MeasuredLink): void => {
    const left = (byPair.get(a * length + b) ?? []).filter((link) => link !== without);
    for (const [from, to, end] of [
      [a, b, 0],
      [b, a, 1],
    ] as const) {
      const best = left.reduce<MeasuredLink | undefined>(
        (so, link) => (so === undefined || link.costs[end] < so.costs[end] ? link : so),
        undefined,
      );
      costs[from * length + to] = best?.costs[end] ?? Infinity;
      rtts[from * length + to] = best?.rttMs ?? NaN;
    }
  };
  for (const at of byPair.keys()) setPair(Math.floor(at / length), at % length);

  /** Dijkstra's search on the nodes that are open, in which only relays are gone through; the others are settled. */
  const search = (start: number, { metrics, parents }: PathTree, open: Uint8Array): void => {
    for (;;) {
      let next = -1;
      for (let node = 0; node < length; node++) {
        if (open[node] === 1 && (metrics[node] ?? 0) < (next < 0 ? Infinity : (metrics[next] ?? 0))) next = node;
      }
      if (next < 0) return;
      open[next] = 0;
      if (next !== start && plan.nodes[next]?.relays !== true) continue;
      for (let node = 0; node < length; node++) {
        const metric = (metrics[next] ?? 0) + (costs[next * length + node] ?? Infinity);
        if (open[node] !== 1 || metric >= (metrics[node] ?? 0) || metric >= infiniteMetric) continue;
        metrics[node] = metric;
        parents[node] = next;
      }
    }
  };

  let last: { readonly start: number; readonly tree: PathTree } | undefined;
  return {
    treeFrom(start: number): PathTree {
      // The links of a plan are by their lower end.
      if (last?.start === start) return last.tree;
      const tree = { metrics: new Float64Array(length).fill(Infinity), parents: new Int32Array(length).fill(-1) };
      tree.metrics[start] = 0;
      search(start, tree, new Uint8Array(length).fill(1));
      last = { start, tree };
      return tree;
    },

    /** The tree when the link from its start to an end is another than before: only what was beyond that end is searched again. */
    around(tree: PathTree, start: number, end: number): PathTree {
      if (tree.parents[end] !== start) return tree;
      const open = new Uint8Array(length);
      const [metrics, parents] = [tree.metrics.slice(), tree.parents.slice()];
      for (let node = 0; node < length; node++) {
        let up = node;
        while (up >= 0 && up !== end) up = tree.parents[up] ?? -1;
        if (up !== end) continue;
        open[node] = 1;
        metrics[node] = Infinity;
        parents[node] = -1;
      }
      for (let node = 0; node < length; node++) {
        if (open[node] !== 1) continue;
        for (let from = 0; from < length; from++) {
          if (open[from] === 1 || (from !== start && plan.nodes[from]?.relays !== true)) continue;
          const metric = (metrics[from] ?? Infinity) + (costs[from * length + node] ?? Infinity);
          if (metric >= (metrics[node] ?? 0) || metric >= infiniteMetric) continue;
          metrics[node] = metric;
          parents[node] = from;
        }
      }
      const after = { metrics, parents };
      search(start, after, open);
      return after;
    },

    /** Does something while a link is away. */
    without<T>(link: MeasuredLink, act: () => T): T {
      setPair(link.a, link.b, link);
      const done = act();
      setPair(link.a, link.b);
      return done;
    },

    path({ metrics, parents }: PathTree, start: number, end: number): Path | null {
      const metric = metrics[end] ?? Infinity;
      if (metric >= infiniteMetric) return null;
      const nodes = [end];
      let rttMs = 0;
      for (let node = end; node !== start; node = parents[node] ?? start) {
        const before = parents[node] ?? start;
        rttMs += rtts[before * length + node] ?? NaN;
        nodes.unshift(before);
      }
      return {
        nodes: nodes.map((node) => plan.nodes[node]?.name ?? ""),
        metric,
        // babeld gives microseconds.
        rttMs: Number.isNaN(rttMs) ? null : Math.round(rttMs * 1000) / 1000,
      };
    },
  };
}
