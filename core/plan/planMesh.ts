import { highestUsedId } from "../registry/highestUsedId";
import { firstSecrets, type Registry, type RegistryNode } from "../registry/registry";
import type { MeshSettings } from "../registry/settings";
import { linksBetween, sidesOf, whyUnlinked } from "./links";
import { needsOf } from "./needs";
import { linkLocalAddress, overlayIpv4, overlayIpv6 } from "./overlay";
import type { Connection, Link, MeshPlan, NodePlan, UnlinkedPair } from "./plan";
import { accepts, mayLink, relays } from "./policy";
import { neighboursBy, waysFrom } from "./reach";
import { uplinkOf } from "./uplink";

/** Decides the whole mesh. Pure: the same registry and settings give the same plan, in whatever order the files were read. */
export function planMesh(registry: Registry, settings: MeshSettings): MeshPlan {
  const nodes = [...registry.nodes].sort((one, other) => one.id - other.id);
  const { policy } = registry;
  const linkSettings = { hopCost: settings.babel.rxcost, ciphers: settings.ciphers, ppk: settings.ppk };
  const links: Link[] = [];
  const apart: Omit<UnlinkedPair, "via">[] = [];
  const withSides = nodes.map((node) => ({ node, sides: sidesOf(node) }));
  for (const [{ node: a, sides: sidesA }, { node: b, sides: sidesB }] of pairs(withSides)) {
    if (!a.managed && !b.managed) continue;
    const allowed = mayLink(policy, a, b);
    const between = allowed ? linksBetween(sidesA, sidesB, linkSettings) : [];
    links.push(...between);
    if (between.length > 0) continue;
    apart.push({ a: a.name, b: b.name, reason: allowed ? whyUnlinked(sidesA, sidesB) : "policy" });
  }
  const connections = connectionsByNode(links);
  const planned = nodes.map((node) => {
    const role = { relays: relays(policy, node), accepts: accepts(policy, node, nodes) };
    return planNode(node, connections.get(node.id) ?? [], role, settings);
  });
  return {
    overlay: { ipv4: settings.overlayIpv4, ipv6: settings.overlayIpv6 },
    highestId: highestUsedId(registry),
    ciphers: settings.ciphers,
    needs: needsOf(settings),
    babel: settings.babel,
    metrics: settings.metrics,
    secrets: (registry.secrets ?? firstSecrets).numbers,
    nodes: planned,
    links,
    unlinked: withWays(apart, planned, links),
  };
}

/** A search for each node that lacks a link, and not for each pair. */
function withWays(
  apart: readonly Omit<UnlinkedPair, "via">[],
  nodes: readonly NodePlan[],
  links: readonly Link[],
): readonly UnlinkedPair[] {
  if (apart.length === 0) return [];
  const neighbours = neighboursBy(nodes, links);
  const ways = new Map([...new Set(apart.map(({ a }) => a))].map((name) => [name, waysFrom(name, neighbours)]));
  return apart.map((pair) => ({ ...pair, via: ways.get(pair.a)?.get(pair.b) ?? null }));
}

function connectionsByNode(links: readonly Link[]): ReadonlyMap<number, readonly Connection[]> {
  const byNode = new Map<number, Connection[]>();
  const add = (half: Connection): void => {
    const others = byNode.get(half.local.nodeId);
    if (others === undefined) byNode.set(half.local.nodeId, [half]);
    else others.push(half);
  };
  for (const { a, b } of links) {
    add(a);
    add(b);
  }
  return byNode;
}

function planNode(
  node: RegistryNode,
  connections: readonly Connection[],
  role: Pick<NodePlan, "relays" | "accepts">,
  settings: MeshSettings,
): NodePlan {
  const { name, id, organization, commonName, tags, prefixes } = node;
  const uplinks = node.endpoints.flatMap((endpoint) => uplinkOf(endpoint) ?? []);
  return {
    name,
    id,
    organization,
    commonName,
    tags,
    ...(node.managed
      ? { managed: true, ssh: node.ssh, isolation: node.isolation, keys: node.keys }
      : { managed: false, publicKey: node.publicKey, endpoints: node.endpoints }),
    overlay: { ipv4: overlayIpv4(settings.overlayIpv4, id), ipv6: overlayIpv6(settings.overlayIpv6, id) },
    linkLocal: linkLocalAddress(id),
    port: portOf(node),
    uplinks,
    allUplinksNamed: uplinks.length === node.endpoints.length,
    prefixes,
    ...role,
    connections: [...connections].sort((one, other) => one.ifId - other.ifId),
  };
}

/** The registry has checked that there is an endpoint and that all have one port. */
function portOf(node: RegistryNode): number {
  const [endpoint] = node.endpoints;
  if (endpoint === undefined) throw new Error(`node ${node.name} has no endpoint; the registry lets none through`);
  return endpoint.port;
}

function* pairs<T>(items: readonly T[]): Generator<readonly [T, T]> {
  for (const [index, first] of items.entries()) {
    for (const second of items.slice(index + 1)) yield [first, second];
  }
}
