import type { MeshHealth } from "../observe/health";
import { managedNodes } from "../plan/managed";
import type { MeshPlan } from "../plan/plan";
import { exposition, type Family, type Metric } from "./exposition";
import { linkMetrics, linkStates, stateWords, type PlannedEnd } from "./linkMetrics";
import { askedNodeMetrics, nodeMetrics, ownNodeMetrics, type ObservedNode } from "./nodeMetrics";

/** When and of what the metrics are. */
export interface Observed {
  readonly stack: string;
  /** Seconds since 1970. */
  readonly atSeconds: number;
}

/** Of the mesh as a whole, judged from both ends of each link. */
const meshMetrics = {
  healthy: {
    name: "fullmesh_mesh_healthy",
    type: "gauge",
    help: "Whether every node is well and every link is up.",
  },
  links: {
    name: "fullmesh_mesh_links",
    type: "gauge",
    help: "Planned links by state, each judged from both ends, or from the one that answered.",
  },
} as const satisfies Record<string, Metric>;

/** All metrics that there are, each once. */
export const allMetrics: readonly Metric[] = [
  ...Object.values(meshMetrics),
  ...askedNodeMetrics,
  ...nodeMetrics,
  ...ownNodeMetrics,
  ...linkMetrics,
].map(({ name, type, help }) => ({ name, type, help }));

/**
 * The whole mesh in Prometheus' text exposition format, in pieces: every managed node and both ends of every planned link, whether they are there or not. All labels
 * but the digest of a bundle are the plan's, so what a host says makes no new series. Ends on nodes that are not managed have none, for nobody asks them.
 *
 * @param health the same plan compared with what its nodes told
 */
export function meshExposition(plan: MeshPlan, health: MeshHealth, observed: Observed): Generator<string> {
  return exposition(families(plan, health, observed));
}

function* families(plan: MeshPlan, health: MeshHealth, { stack, atSeconds }: Observed): Generator<Family> {
  const healthOf = new Map(health.nodes.map((node) => [node.name, node]));
  const nodes = managedNodes(plan).flatMap((node): readonly ObservedNode[] => {
    const found = healthOf.get(node.name);
    return found === undefined ? [] : [{ node, health: found, observedAtSeconds: atSeconds }];
  });
  const halves = new Map(health.links.flatMap((link) => link.halves.map((half) => [keyOf(half), half] as const)));
  const ends = nodes.flatMap(({ node, health: { clockSeconds } }) =>
    node.connections.flatMap((connection): readonly PlannedEnd[] => {
      const half = halves.get(keyOf({ node: node.name, connection: connection.name }));
      return half === undefined ? [] : [{ connection, half, clockSeconds }];
    }),
  );
  yield { metric: meshMetrics.healthy, samples: [{ labels: { stack }, value: Number(health.healthy) }] };
  yield { metric: meshMetrics.links, samples: linkCounts(stack, health) };
  for (const metric of [...askedNodeMetrics, ...nodeMetrics]) yield { metric, samples: each(nodes, metric.samples) };
  for (const metric of linkMetrics) yield { metric, samples: each(ends, metric.samples) };
}

/** An interface's name is unique on its node. */
function keyOf({ node, connection }: { readonly node: string; readonly connection: string }): string {
  return `${node} ${connection}`;
}

function linkCounts(stack: string, { links }: MeshHealth) {
  return linkStates.map((state) => ({
    labels: { stack, state },
    value: links.filter(({ verdict }) => stateWords[verdict] === state).length,
  }));
}

function* each<T, S>(all: readonly T[], of: (one: T) => readonly S[]): Generator<S> {
  for (const one of all) yield* of(one);
}
