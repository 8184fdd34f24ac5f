import type { NodeHealth } from "../observe/health";
import type { ManagedNode } from "../plan/plan";
import type { Metric, Sample } from "./exposition";

/** A node that is managed, and how it is. */
export interface ObservedNode {
  readonly node: ManagedNode;
  readonly health: NodeHealth;
  /** When it was asked, seconds since 1970. */
  readonly observedAtSeconds: number;
}

/** A metric with a series for each managed node, or several. */
export interface NodeMetric extends Metric {
  readonly samples: (observed: ObservedNode) => readonly Sample[];
}

/** Of nodes. What a node did not tell has no sample. */
export const nodeMetrics: readonly NodeMetric[] = [
  {
    name: "fullmesh_node_info",
    type: "gauge",
    help: "A node of the mesh, its organization, and where it has the overlay: none (beside its own network), netns or vrf.",
    samples: ({ node }) => [
      { labels: { node: node.name, organization: node.organization, isolation: node.isolation }, value: 1 },
    ],
  },
  {
    name: "fullmesh_service_active",
    type: "gauge",
    help: "Whether a systemd unit that the mesh needs is active on the node.",
    samples: ({ node, health }) =>
      health.services.map(({ unit, state }) => ({
        labels: { node: node.name, unit },
        value: Number(state === "active"),
      })),
  },
  {
    name: "fullmesh_service_restarts_total",
    type: "counter",
    help: "How often systemd has restarted the unit after a failure.",
    samples: ({ node, health }) =>
      health.services.map(({ unit, restarts }) => ({ labels: { node: node.name, unit }, value: restarts })),
  },
  {
    name: "fullmesh_routes_expected",
    type: "gauge",
    help: "Overlay addresses of the other managed nodes, of both families: each is to have a route.",
    samples: ({ node, health }) => [{ labels: { node: node.name }, value: health.routes.expected }],
  },
  {
    name: "fullmesh_routes_installed",
    type: "gauge",
    help: "Of the expected routes, those that babel has in the node's kernel.",
    samples: ({ node, health }) =>
      health.routes.found === null ? [] : [{ labels: { node: node.name }, value: health.routes.found }],
  },
  {
    name: "fullmesh_bundle_info",
    type: "gauge",
    help: "What was deployed last with success: the first 16 digits of the SHA-256 of all its files.",
    samples: ({ node, health: { bundle } }) =>
      bundle === null ? [] : [{ labels: { node: node.name, digest: bundle.digest }, value: 1 }],
  },
  {
    name: "fullmesh_bundle_applied_timestamp_seconds",
    type: "gauge",
    help: "When the node was deployed to last with success and a change of its files.",
    samples: ({ node, health: { bundle } }) =>
      bundle === null ? [] : [{ labels: { node: node.name }, value: bundle.appliedAtSeconds }],
  },
  {
    name: "fullmesh_last_success_timestamp_seconds",
    type: "gauge",
    help: "When the node was last asked for all of this and both of its daemons answered.",
    samples: ({ node, health, observedAtSeconds }) =>
      health.securityAssociations.found === null || health.neighbours.found === null
        ? []
        : [{ labels: { node: node.name }, value: observedAtSeconds }],
  },
];

/** Of nodes as `fullmesh status` asks them: one that writes its own metrics need not say that it answers. */
export const askedNodeMetrics: readonly NodeMetric[] = [
  {
    name: "fullmesh_node_up",
    type: "gauge",
    help: "Whether the node answered over SSH.",
    samples: ({ node, health }) => [{ labels: { node: node.name }, value: Number(health.unreachable === null) }],
  },
  {
    name: "fullmesh_node_problems",
    type: "gauge",
    help: "How many things are wrong with the node itself, as fullmesh status lists them.",
    samples: ({ node, health }) => [{ labels: { node: node.name }, value: health.problems.length }],
  },
];

/** What only a node knows of itself: the script host/metrics.sh writes it. */
export const ownNodeMetrics: readonly Metric[] = [
  {
    name: "fullmesh_drift_files",
    type: "gauge",
    help: "Files that are other than the last deploy left them; fullmesh drift names them.",
  },
];
