import { managedNodes, unmanagedNodes } from "../plan/managed";
import type { Connection, ManagedNode, MeshPlan, UnmanagedNode } from "../plan/plan";
import { shortText } from "../describe/shortText";
import { halfHealth, unansweredHalf, unmanagedHalf } from "./halfHealth";
import type {
  HalfHealth,
  LinkHealth,
  MeshCounts,
  MeshHealth,
  NodeHealth,
  UnmanagedHealth,
  Unreachable,
  Verdict,
} from "./health";
import { linkHealth } from "./linkHealth";
import { nodeHealth, unreachableNode, type RoutesByPeer } from "./nodeHealth";
import type { Observation } from "./observation";
import { overlayRoutesOf } from "./overlayRoute";

/** What came back from a node. */
export type NodeAnswer =
  | { readonly kind: "answered"; readonly observation: Observation }
  | { readonly kind: "unreachable"; readonly unreachable: Unreachable };

const notAsked: NodeAnswer = {
  kind: "unreachable",
  unreachable: { cause: "no-observation", message: "the node was not asked" },
};

/**
 * Compares what every managed node tells with the plan. Pure: ages and rates are the nodes' own. A link with a node that is not managed is one like the others: if
 * it is not up, the mesh is not healthy.
 */
export function compareWithPlan(plan: MeshPlan, answers: ReadonlyMap<string, NodeAnswer>): MeshHealth {
  const compared = new Map(
    managedNodes(plan).map((node) => [node.name, compareOrGiveUp(plan, node, answers.get(node.name) ?? notAsked)]),
  );
  const unmanaged = unmanagedNodes(plan);
  const halfOf = (connection: Connection): HalfHealth => {
    if (!connection.local.managed) return unmanagedHalf(connection);
    const half = compared.get(connection.local.node)?.halves.get(connection.name);
    if (half === undefined) throw new Error(`the plan links ${connection.local.node}, which is not one of its nodes`);
    return half;
  };
  const nodes = [...compared.values()].map(({ health }) => health);
  const links = plan.links.map((link) => linkHealth(link, halfOf(link.a), halfOf(link.b)));
  return {
    healthy:
      nodes.every(({ healthy }) => healthy) &&
      links.every(({ verdict, warnings }) => verdict === "up" && warnings.length === 0),
    counts: { ...counts(nodes, links), unmanagedNodes: unmanaged.length },
    nodes,
    unmanaged: unmanaged.map((node) => unmanagedHealth(node, links)),
    links,
    unlinked: plan.unlinked,
  };
}

interface ComparedNode {
  readonly health: NodeHealth;
  /** By name of the connection. */
  readonly halves: ReadonlyMap<string, HalfHealth>;
}

/** What one node tells takes the report from no other, whatever it is. */
function compareOrGiveUp(plan: MeshPlan, node: ManagedNode, answer: NodeAnswer): ComparedNode {
  try {
    return compareNode(plan, node, answer);
  } catch (error) {
    const reason = shortText(error instanceof Error ? error.message : String(error));
    const unreachable = { cause: "no-observation", message: `what the node told cannot be compared: ${reason}` };
    return compareNode(plan, node, { kind: "unreachable", unreachable });
  }
}

function compareNode(plan: MeshPlan, node: ManagedNode, answer: NodeAnswer): ComparedNode {
  const peers = plan.nodes.filter(({ name }) => name !== node.name);
  // Whether the others are there, their links tell.
  const expected = new Set(peers.filter(({ managed }) => managed).map(({ name }) => name));
  if (answer.kind === "unreachable") {
    return {
      health: unreachableNode(node, answer.unreachable, expected.size),
      halves: new Map(node.connections.map((half) => [half.name, unansweredHalf(half, answer.unreachable)])),
    };
  }
  const { observation } = answer;
  const routesTo = overlayRoutesOf(node, observation);
  const routes: RoutesByPeer = new Map(peers.map((peer) => [peer.name, routesTo(peer)]));
  const halves = node.connections.map((half) =>
    halfHealth(half, observation, routes.get(half.remote.node) ?? { route4: null, route6: null }),
  );
  return {
    health: nodeHealth(plan, node, observation, halves, new Map([...routes].filter(([peer]) => expected.has(peer)))),
    halves: new Map(halves.map((half) => [half.connection, half])),
  };
}

function unmanagedHealth({ name, id, organization }: UnmanagedNode, links: readonly LinkHealth[]): UnmanagedHealth {
  const own = links.filter(({ a, b }) => a === name || b === name);
  const up = own.filter(({ verdict }) => verdict === "up").length;
  return { name, id, organization, links: { expected: own.length, found: up } };
}

function counts(nodes: readonly NodeHealth[], links: readonly LinkHealth[]): Omit<MeshCounts, "unmanagedNodes"> {
  const withVerdict = (verdict: Verdict) => links.filter((link) => link.verdict === verdict).length;
  return {
    nodes: nodes.length,
    healthyNodes: nodes.filter(({ healthy }) => healthy).length,
    answeringNodes: nodes.filter(({ unreachable }) => unreachable === null).length,
    links: links.length,
    up: withVerdict("up"),
    half: withVerdict("half"),
    down: withVerdict("down"),
    unknown: withVerdict("unknown"),
  };
}
