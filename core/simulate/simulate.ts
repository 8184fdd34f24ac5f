import type { MeshPlan } from "../plan/plan";
import { lossesOf, type Failure, type Loss } from "./failure";
import { edgesOf, graphOf, has, withoutLinks, type Edge, type Graph } from "./graph";
import { cutOffs, namedPairs, type CutOff, type Pair, type Pairs } from "./pairs";
import { detourHops, reaches, regionsOf } from "./search";
import { pairsOf, survey, type PairList, type Survey } from "./survey";

/** What becomes of a mesh when parts of it fail, one at a time. Only of pairs of which one node at least is ours. */
export interface Simulation {
  readonly nodes: number;
  readonly links: number;
  /** Pairs that have one way while all is well: the loss of one link or of one other node cuts them off from each other. */
  readonly oneWay: Pairs;
  /** Nodes with a single uplink, by id: the loss of that cuts them off from all others. */
  readonly singleUplinks: readonly string[];
  /** How many failures were tried besides those and those of links. */
  readonly tried: number;
  /** The worst first; those without any effect on the nodes that are left are left out. */
  readonly failures: readonly FailureEffect[];
  /** Links whose loss cuts somebody off, the worst first. */
  readonly cutEdges: readonly CutEdge[];
  /**
   * How many links there are for each number of hops that the shortest way between their ends has more without them, ascending; without cut edges. It is 0 for those
   * beside another link of the pair.
   */
  readonly detours: readonly { readonly extraHops: number; readonly links: number }[];
}

/** What a failure does to the nodes that are left. */
export interface FailureEffect {
  readonly failure: Failure;
  /** Pairs that no longer reach each other. */
  readonly cutPairs: number;
  readonly cutOff: readonly CutOff[];
  /** Pairs that had two ways and now have one. */
  readonly oneWay: Pairs;
  /** Pairs whose shortest way has become longer, and the most hops that were added to one. */
  readonly longer: { readonly pairs: number; readonly mostExtraHops: number };
}

/** A link whose loss cuts somebody off. */
export interface CutEdge {
  /** As in `fra1 - tyo1`. */
  readonly name: string;
  readonly cutPairs: number;
  readonly cutOff: readonly CutOff[];
}

/** Takes away each node, uplink, family, tag and link of a plan, one at a time. */
export function simulate(plan: MeshPlan): Simulation {
  const mesh = wholeMesh(plan);
  const { graph, edges, pairs, before } = mesh;
  const { nodes, uplinks, groups, singleUplinks } = lossesOf(plan, graph, edges);
  const effects = [...nodes, ...uplinks, ...groups].map((loss) => effectOf(mesh, loss));
  return {
    nodes: plan.nodes.length,
    links: plan.links.length,
    oneWay: namedPairs(graph.names, pairsWhere(pairs, before.oneWay)),
    singleUplinks,
    tried: effects.length,
    failures: effects
      .filter(({ cutPairs, oneWay, longer }) => cutPairs + oneWay.count + longer.pairs > 0)
      .sort(
        (one, other) =>
          other.cutPairs - one.cutPairs ||
          other.oneWay.count - one.oneWay.count ||
          other.longer.pairs - one.longer.pairs,
      ),
    ...linkEffects(mesh),
  };
}

/** A mesh while all is well. */
interface WholeMesh {
  readonly graph: Graph;
  readonly edges: readonly Edge[];
  readonly pairs: PairList;
  /** Positions of all pairs. */
  readonly all: Uint32Array;
  /** Positions of the pairs of each node. */
  readonly own: readonly (readonly number[])[];
  /** Of all pairs. */
  readonly before: Survey;
  /** Positions of the pairs for which the loss of another node may change something. */
  readonly frail: Uint32Array;
}

function wholeMesh(plan: MeshPlan): WholeMesh {
  const graph = graphOf(plan);
  const pairs = pairsOf(graph);
  const all = Uint32Array.from(pairs.a.keys());
  const before = survey(graph, pairs, all);
  const own = graph.names.map((): number[] => []);
  for (const pair of all) {
    own[pairs.a[pair] ?? 0]?.push(pair);
    own[pairs.b[pair] ?? 0]?.push(pair);
  }
  const frail = all.filter((pair) => before.spare[pair] === 0);
  return { graph, edges: edgesOf(plan), pairs, all, own, before, frail };
}

function effectOf(mesh: WholeMesh, { failure, node, left }: Loss): FailureEffect {
  const { graph, pairs, before } = mesh;
  const asked = concerned(mesh, failure, node);
  const rest = asked.length === 0 ? graph : left();
  const here = asked.filter((pair) => has(rest.alive, 0, pairs.a[pair] ?? 0) && has(rest.alive, 0, pairs.b[pair] ?? 0));
  const after = survey(rest, pairs, here);
  const [cut, oneWay]: [Pair[], Pair[]] = [[], []];
  const longer = { pairs: 0, mostExtraHops: 0 };
  for (let index = 0; index < here.length; index++) {
    const position = here[index] ?? 0;
    const had = before.hops[position] ?? 0;
    const hops = after.hops[index] ?? 0;
    if (had > 0 && hops === 0) cut.push(pairAt(pairs, position));
    if (after.oneWay[index] === 1 && before.oneWay[position] === 0) oneWay.push(pairAt(pairs, position));
    if (hops <= had) continue;
    longer.pairs++;
    longer.mostExtraHops = Math.max(longer.mostExtraHops, hops - had);
  }
  return {
    failure,
    cutPairs: cut.length,
    cutOff: cutOffs(graph.names, cut),
    oneWay: namedPairs(graph.names, oneWay),
    longer,
  };
}

/** Positions of the pairs that a failure may change something for. Who does not relay matters to nobody else; who does, to those that are short of ways. */
function concerned({ graph, pairs, all, own, frail }: WholeMesh, { kind }: Failure, node?: number): Uint32Array {
  if (node === undefined) return all;
  const others = has(graph.relays, 0, node) ? frail : new Uint32Array();
  if (kind === "node") return others;
  const isOther = (pair: number): boolean => pairs.a[pair] !== node && pairs.b[pair] !== node;
  return Uint32Array.from([...(own[node] ?? []), ...others.filter(isOther)]).sort();
}

function pairAt({ a, b }: PairList, position: number): Pair {
  return [a[position] ?? 0, b[position] ?? 0];
}

function pairsWhere(pairs: PairList, flags: Uint8Array): readonly Pair[] {
  return [...flags.keys()].filter((at) => flags[at] === 1).map((at) => pairAt(pairs, at));
}

function linkEffects({ graph, edges, pairs, before }: WholeMesh): Pick<Simulation, "cutEdges" | "detours"> {
  const detours = new Map<number, number>();
  const cutEdges: CutEdge[] = [];
  // Whoever has two ways keeps one.
  const oneWay = pairsWhere(pairs, before.oneWay);
  for (const edge of edges) {
    const isAlone = graph.linkCounts[edge.a * graph.names.length + edge.b] === 1;
    const hops = isAlone ? detourHops(graph, edge.a, edge.b) : 1;
    if (hops !== undefined) {
      detours.set(hops - 1, (detours.get(hops - 1) ?? 0) + 1);
      continue;
    }
    const rest = withoutLinks(graph, [edge]);
    const regions = regionsOf(rest);
    const cut = oneWay.filter(([a, b]) => !reaches(rest, regions, a, b));
    cutEdges.push({ name: edge.name, cutPairs: cut.length, cutOff: cutOffs(graph.names, cut) });
  }
  return {
    cutEdges: cutEdges.sort((one, other) => other.cutPairs - one.cutPairs),
    detours: [...detours]
      .map(([extraHops, links]) => ({ extraHops, links }))
      .sort((one, other) => one.extraHops - other.extraHops),
  };
}

/** How well a mesh bears the loss of one node. */
export interface Resilience {
  /** Nodes whose loss cuts others off from each other, the worst first. */
  readonly critical: readonly FailureEffect[];
  /** All pairs that have one way while all is well, as `fra1 - tyo1`, by the ids of both. */
  readonly oneWay: readonly string[];
}

/** What a policy may ask of a mesh, and a reviewer of a change. */
export function resilienceOf(plan: MeshPlan): Resilience {
  const mesh = wholeMesh(plan);
  const { graph, edges, pairs, before } = mesh;
  return {
    critical: lossesOf(plan, graph, edges)
      .nodes.map((loss) => effectOf(mesh, loss))
      .filter(({ cutPairs }) => cutPairs > 0)
      .sort((one, other) => other.cutPairs - one.cutPairs),
    oneWay: pairsWhere(pairs, before.oneWay).map(([a, b]) => `${graph.names[a] ?? ""} - ${graph.names[b] ?? ""}`),
  };
}
