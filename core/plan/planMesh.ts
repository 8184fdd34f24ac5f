import type { Registry, RegistryNode } from "../registry/registry";
import type { MeshSettings } from "../registry/settings";
import { babelProfiles } from "./babelProfile";
import { linksBetween, whyUnlinked } from "./links";
import { linkLocalAddress, overlayIpv4, overlayIpv6 } from "./overlay";
import type { Connection, Link, MeshPlan, NodePlan, UnlinkedPair } from "./plan";

/** Decides the whole mesh. Pure: the same registry and settings give the same plan, in whatever order the files were read. */
export function planMesh(registry: Registry, settings: MeshSettings): MeshPlan {
  const nodes = [...registry.nodes].sort((one, other) => one.id - other.id);
  const links: Link[] = [];
  const unlinked: UnlinkedPair[] = [];
  for (const [a, b] of pairs(nodes)) {
    const between = linksBetween(a, b);
    links.push(...between);
    if (between.length === 0) unlinked.push({ a: a.name, b: b.name, reason: whyUnlinked(a, b) });
  }
  const connections = connectionsByNode(links);
  return {
    overlay: { ipv4: settings.overlayIpv4, ipv6: settings.overlayIpv6 },
    ciphers: settings.ciphers,
    babel: babelProfiles[settings.babelProfile],
    nodes: nodes.map((node) => planNode(node, connections.get(node.id) ?? [], settings)),
    links,
    unlinked,
  };
}

function connectionsByNode(links: readonly Link[]): ReadonlyMap<number, readonly Connection[]> {
  const byNode = new Map<number, Connection[]>();
  for (const half of links.flatMap((link) => [link.a, link.b])) {
    const others = byNode.get(half.local.nodeId);
    if (others === undefined) byNode.set(half.local.nodeId, [half]);
    else others.push(half);
  }
  return byNode;
}

function planNode(node: RegistryNode, connections: readonly Connection[], settings: MeshSettings): NodePlan {
  const { name, id, organization, tags, ssh, prefixes } = node;
  return {
    name,
    id,
    organization,
    tags,
    ssh,
    overlay: { ipv4: overlayIpv4(settings.overlayIpv4, id), ipv6: overlayIpv6(settings.overlayIpv6, id) },
    linkLocal: linkLocalAddress(id),
    port: portOf(node),
    prefixes,
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
