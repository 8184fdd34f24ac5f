import type { NodeAnswer } from "../observe/compareWithPlan";
import type { MeshHealth } from "../observe/health";
import { valueOf, type BabelState } from "../observe/observation";
import type { MeshPlan, NodePlan } from "../plan/plan";
import { formatPorts } from "../registry/ports";
import { stateOf } from "./meshView";
import type { NeighbourView, NodeView, RouteView } from "./views";

/** One node in full: what the plan has of it and what it told. */
export function nodeView(
  plan: MeshPlan,
  node: NodePlan,
  health: Pick<MeshHealth, "nodes">,
  answer: NodeAnswer | undefined,
): NodeView {
  const found = health.nodes.find(({ name }) => name === node.name);
  const babel = answer?.kind === "answered" ? valueOf(answer.observation.babel) : undefined;
  return {
    name: node.name,
    id: node.id,
    state: found === undefined ? "unmanaged" : stateOf(found),
    organization: node.organization,
    tags: node.tags,
    overlay: node.overlay,
    isolation: node.managed ? node.isolation : "none",
    relays: node.relays,
    prefixes: node.prefixes,
    os: found?.os ?? null,
    problems: found?.problems ?? [],
    services: found?.services ?? [],
    neighbours: babel === undefined ? [] : neighboursOf(node, babel),
    routes: babel === undefined ? [] : routesOf(plan, node, babel),
    accepts: acceptedWords(node),
  };
}

function neighboursOf(node: NodePlan, { neighbours }: BabelState): readonly NeighbourView[] {
  return neighbours.map(({ rttMs, ...neighbour }) => ({
    interface: neighbour.interface,
    peer: peerOn(node, neighbour.interface),
    reach: neighbour.reach,
    rxcost: neighbour.rxcost,
    txcost: neighbour.txcost,
    cost: neighbour.cost,
    rttMs: rttMs ?? null,
  }));
}

function routesOf(plan: MeshPlan, node: NodePlan, { routes }: BabelState): readonly RouteView[] {
  const owners = new Map(
    plan.nodes.flatMap(({ name, overlay, prefixes }) =>
      [`${overlay.ipv4}/32`, `${overlay.ipv6}/128`, ...prefixes].map((prefix) => [prefix, name] as const),
    ),
  );
  return routes.map(({ prefix, metric, installed, interface: link }) => ({
    prefix,
    of: owners.get(prefix) ?? null,
    metric,
    via: peerOn(node, link),
    isInstalled: installed,
  }));
}

function peerOn({ connections }: NodePlan, link: string): string {
  return connections.find(({ name }) => name === link)?.remote.node ?? link;
}

function acceptedWords({ accepts }: NodePlan): readonly string[] {
  if (accepts === "everything") return ["everything from every node"];
  return accepts.map(
    ({ from, sources, ports }) =>
      `from ${from} (${sources.length === 0 ? "no node" : sources.join(", ")}): ${ports === "all" ? "everything" : ports.map(formatPorts).join(", ")}`,
  );
}
