import type { MeshPlan } from "../plan/plan";
import { resilienceOf, type Resilience } from "../simulate/simulate";

/** What a change makes better or worse of how a mesh bears failures; empty lists and equal counts where nothing. */
export interface ResilienceChange {
  /** Nodes whose loss cuts off more or fewer pairs of others than before, the worst first; those that leave are not among them. */
  readonly nodes: readonly {
    readonly node: string;
    /** Pairs that its loss cut off, 0 for a node that joins, and that it cuts off now. */
    readonly before: number;
    readonly after: number;
  }[];
  /** Pairs with one way while all is well (core/simulate): how many, and which come and go, by the ids of both; of these the first. */
  readonly oneWay: {
    readonly before: number;
    readonly after: number;
    readonly added: readonly string[];
    readonly removed: readonly string[];
  };
}

/** Pairs that are named. */
const mostPairs = 20;

/** Compares two meshes by the loss of each node, and by the pairs with one way. */
export function resilienceChange(before: MeshPlan, after: MeshPlan): ResilienceChange {
  const [had, has] = [resilienceOf(before), resilienceOf(after)];
  const [cut, cuts] = [cutPairs(had), cutPairs(has)];
  const [ways, waysNow] = [new Set(had.oneWay), new Set(has.oneWay)];
  return {
    nodes: after.nodes
      .map(({ name }) => ({ node: name, before: cut.get(name) ?? 0, after: cuts.get(name) ?? 0 }))
      .filter((node) => node.before !== node.after)
      .sort((one, other) => other.after - other.before - (one.after - one.before)),
    oneWay: {
      before: ways.size,
      after: waysNow.size,
      added: has.oneWay.filter((pair) => !ways.has(pair)).slice(0, mostPairs),
      removed: had.oneWay.filter((pair) => !waysNow.has(pair)).slice(0, mostPairs),
    },
  };
}

function cutPairs({ critical }: Resilience): ReadonlyMap<string, number> {
  return new Map(
    critical.flatMap((each) => (each.failure.kind === "node" ? [[each.failure.node, each.cutPairs]] : [])),
  );
}
