import type { NodePlan } from "../plan/plan";
import type { RouteHealth } from "./health";
import { valueOf, type InstalledRoute, type Observation, type Section } from "./observation";

/** Overlay routes of a node to another, by family. Null where the node could not tell. */
export interface OverlayRoutes {
  readonly route4: RouteHealth | null;
  readonly route6: RouteHealth | null;
}

/** How a node's kernel reaches the overlay addresses of another node; what the node told is searched once for all of them, for it may be a hundred thousand routes. */
export function overlayRoutesOf(node: NodePlan, observation: Observation): (peer: NodePlan) => OverlayRoutes {
  const hops = new Map(node.connections.map(({ name, remote }) => [name, remote.node]));
  const babel = valueOf(observation.babel)?.routes.filter((route) => route.installed) ?? [];
  // The kernel has no metric of babel's: for IPv4 it is 0, for IPv6 1024.
  const metrics = firstOfEach(babel.map(({ prefix, metric }) => [prefix, metric]));
  const [routes4, routes6] = [interfacesOf(observation.routes4), interfacesOf(observation.routes6)];
  const routeTo = (peer: NodePlan, interfaces: Interfaces | undefined, address: string, prefix: string) => {
    if (interfaces === undefined) return null;
    const outgoing = interfaces.get(address) ?? interfaces.get(prefix);
    if (outgoing === undefined) return { kind: "none" } as const;
    const hop = hops.get(outgoing) ?? outgoing;
    const metric = metrics.get(prefix) ?? null;
    return hop === peer.name ? ({ kind: "direct", metric } as const) : ({ kind: "via", node: hop, metric } as const);
  };
  return (peer) => ({
    route4: routeTo(peer, routes4, peer.overlay.ipv4, `${peer.overlay.ipv4}/32`),
    route6: routeTo(peer, routes6, peer.overlay.ipv6, `${peer.overlay.ipv6}/128`),
  });
}

/** By destination, as ip(8) prints it. */
type Interfaces = ReadonlyMap<string, string>;

function interfacesOf(section: Section<readonly InstalledRoute[]>): Interfaces | undefined {
  return valueOf(section) && firstOfEach((valueOf(section) ?? []).map((route) => [route.destination, route.interface]));
}

function firstOfEach<T>(entries: readonly (readonly [string, T])[]): ReadonlyMap<string, T> {
  return new Map([...entries].reverse());
}
