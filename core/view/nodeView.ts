import type { NodeAnswer } from "../observe/compareWithPlan";
import type { MeshHealth } from "../observe/health";
import { valueOf, type BabelState } from "../observe/observation";
import type { MeshPlan, NodePlan } from "../plan/plan";
import { formatPorts } from "../registry/ports";
import { stateOf } from "./meshView";
import type { NeighbourView, NodeView, RouteView } from "./views";

/** A host may tell of any number. */
const mostRows = 5000;

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
    neighbours: babel === undefined ? [] : neighboursOf(node, babel).slice(0, mostRows),
    routes: babel === undefined ? [] : routesOf(plan, node, babel).slice(0, mostRows),
    accepts: acceptedWords(node),
  };
}

function neighboursOf(node: NodePlan, { neighbours }: BabelState): readonly NeighbourView[] {
  const peerOn = peersOf(node);
  return neighbours.map(({ rttMs, ...neighbour }) => ({
    interface: neighbour.interface,
    peer: peerOn(neighbour.interface),
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
  const peerOn = peersOf(node);
  return routes.map(({ prefix, metric, installed, interface: link }) => ({
    prefix,
    of: owners.get(prefix) ?? null,
    metric,
    via: peerOn(link),
    isInstalled: installed,
  }));
}

/** The peer that an interface leads to; the interface itself where the plan has none. */
function peersOf({ connections }: NodePlan): (link: string) => string {
  const peers = new Map(connections.map(({ name, remote }) => [name, remote.node]));
  return (link) => peers.get(link) ?? link;
}

function acceptedWords({ accepts }: NodePlan): readonly string[] {
  if (accepts === "everything") return ["everything from every node"];
  return accepts.map(
    ({ from, sources, ports }) =>
      `from ${from} (${sources.length === 0 ? "no node" : sources.join(", ")}): ${ports === "all" ? "everything" : ports.map(formatPorts).join(", ")}`,
  );
}
