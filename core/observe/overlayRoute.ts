import type { NodePlan } from "../plan/plan";
import type { RouteHealth } from "./health";
import { valueOf, type InstalledRoute, type Observation } from "./observation";

/** Overlay routes of a node to another, by family. Null where the node could not tell. */
export interface OverlayRoutes {
  readonly route4: RouteHealth | null;
  readonly route6: RouteHealth | null;
}

/** How a node's kernel reaches another node's overlay addresses. */
export function overlayRoutes(node: NodePlan, observation: Observation, peer: NodePlan): OverlayRoutes {
  const route = (routes: readonly InstalledRoute[] | undefined, address: string, prefix: string) =>
    routes === undefined ? null : routeTo(node, observation, peer, routes, address, prefix);
  return {
    route4: route(valueOf(observation.routes4), peer.overlay.ipv4, `${peer.overlay.ipv4}/32`),
    route6: route(valueOf(observation.routes6), peer.overlay.ipv6, `${peer.overlay.ipv6}/128`),
  };
}

function routeTo(
  node: NodePlan,
  observation: Observation,
  peer: NodePlan,
  routes: readonly InstalledRoute[],
  address: string,
  prefix: string,
): RouteHealth {
  const installed = routes.find(({ destination }) => destination === address || destination === prefix);
  if (installed === undefined) return { kind: "none" };
  const hop = node.connections.find(({ name }) => name === installed.interface)?.remote.node;
  // The kernel has no metric of babel's: for IPv4 it is 0, for IPv6 1024.
  const metric =
    valueOf(observation.babel)?.routes.find((route) => route.installed && route.prefix === prefix)?.metric ?? null;
  return hop === peer.name ? { kind: "direct", metric } : { kind: "via", node: hop ?? installed.interface, metric };
}
