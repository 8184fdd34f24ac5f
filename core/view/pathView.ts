import type { NodeAnswer } from "../observe/compareWithPlan";
import type { LinkHealth, MeshHealth, RouteHealth } from "../observe/health";
import { overlayRoutesOf } from "../observe/overlayRoute";
import type { MeshPlan, NodePlan } from "../plan/plan";
import { neighboursBy, waysFrom } from "../plan/reach";
import type { AddressFamily } from "../registry/registry";
import { nodeNamed } from "./meshView";
import type { HopView, PathView, WayView } from "./views";

/** The way between two nodes, now and by the plan. */
export function pathView(
  plan: MeshPlan,
  health: Pick<MeshHealth, "links">,
  answers: ReadonlyMap<string, NodeAnswer>,
  from: NodePlan,
  to: NodePlan,
): PathView {
  const between = waysFrom(from.name, neighboursBy(plan.nodes, plan.links)).get(to.name);
  const way = (family: AddressFamily): WayView => wayNow(plan, health, answers, { from, to, family });
  return {
    from: from.name,
    to: to.name,
    now: { ip4: way("ip4"), ip6: way("ip6") },
    planned: between === undefined ? null : [from.name, ...between, to.name],
  };
}

interface Ends {
  readonly from: NodePlan;
  readonly to: NodePlan;
  readonly family: AddressFamily;
}

/** Follows the routes in the kernels from node to node. */
function wayNow(
  plan: MeshPlan,
  health: Pick<MeshHealth, "links">,
  answers: ReadonlyMap<string, NodeAnswer>,
  { from, to, family }: Ends,
): WayView {
  const hops: HopView[] = [];
  const seen = new Set<string>();
  let at = from;
  while (at.name !== to.name) {
    if (seen.has(at.name)) return { hops, ends: `goes in a circle at ${at.name}` };
    seen.add(at.name);
    const route = routeOf(at, to, family, answers.get(at.name));
    if (route === undefined)
      return { hops, ends: `what ${at.name} does next is not known: it did not tell its routes` };
    if (route.kind === "none") return { hops, ends: `${at.name} has no route to ${to.name}` };
    const next = nodeNamed(plan, route.kind === "direct" ? to.name : route.node);
    if (next === undefined)
      return { hops, ends: `${at.name} sends it out by ${route.kind === "via" ? route.node : ""}` };
    hops.push({
      from: at.name,
      to: next.name,
      rttMs: rttBetween(health.links, at.name, next.name),
      metric: route.metric,
    });
    at = next;
  }
  return { hops, ends: null };
}

function routeOf(
  node: NodePlan,
  to: NodePlan,
  family: AddressFamily,
  answer: NodeAnswer | undefined,
): RouteHealth | undefined {
  if (answer?.kind !== "answered") return undefined;
  const { route4, route6 } = overlayRoutesOf(node, answer.observation)(to);
  return (family === "ip4" ? route4 : route6) ?? undefined;
}

/** Of several links between two nodes, the fastest. */
function rttBetween(links: readonly LinkHealth[], one: string, other: string): number | null {
  const times = links.flatMap(({ a, b, rttMs }) =>
    rttMs !== null && ((a === one && b === other) || (a === other && b === one)) ? [rttMs] : [],
  );
  return times.length === 0 ? null : Math.min(...times);
}
