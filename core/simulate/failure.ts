import type { MeshPlan } from "../plan/plan";
import type { AddressFamily } from "../registry/registry";
import { withoutLinks, withoutNodes, type Edge, type Graph } from "./graph";

/** Something that may fail, and takes away nodes or links. */
export type Failure =
  | { readonly kind: "node"; readonly node: string }
  /** An interface with all its endpoints, or, where an endpoint does not say which one it is, the endpoint alone. */
  | {
      readonly kind: "uplink";
      readonly node: string;
      readonly interface?: string;
      /** Serials of the endpoints, ascending. */
      readonly serials: readonly number[];
    }
  /** All links of an address family of the underlay. */
  | { readonly kind: "family"; readonly family: AddressFamily }
  /** All nodes with a tag: a site, an operator. */
  | { readonly kind: "tag"; readonly tag: string };

/** A failure, and the mesh that is left. */
export interface Loss {
  readonly failure: Failure;
  /** The index of the one node that it is about, if it is. */
  readonly node?: number;
  readonly left: () => Graph;
}

/** What may fail, one at a time. */
export interface Losses {
  /** By node id. */
  readonly nodes: readonly Loss[];
  /** By node id and serial; of nodes with several uplinks alone. */
  readonly uplinks: readonly Loss[];
  /** Families, then tags in alphabetical order. A family that all links have, or a tag that all nodes have, is left out: nothing would be left. */
  readonly groups: readonly Loss[];
  /** Nodes with a single uplink, by id: without that, they are cut off from all others, and nobody else is. */
  readonly singleUplinks: readonly string[];
}

/** The failures of a mesh. */
export function lossesOf({ nodes }: Pick<MeshPlan, "nodes">, graph: Graph, edges: readonly Edge[]): Losses {
  const edgesBy = nodes.map((): Edge[] => []);
  for (const edge of edges) {
    edgesBy[edge.a]?.push(edge);
    edgesBy[edge.b]?.push(edge);
  }
  const indexed = nodes.map((node, index) => ({ node, index, uplinks: uplinksOf(node.connections) }));
  return {
    nodes: indexed.map(({ node, index }) => ({
      failure: { kind: "node", node: node.name },
      node: index,
      left: () => withoutNodes(graph, [index]),
    })),
    uplinks: indexed
      .filter(({ uplinks }) => uplinks.length > 1)
      .flatMap(({ node, index, uplinks }) => {
        const own = edgesBy[index] ?? [];
        return uplinks.map((uplink) => ({
          failure: { kind: "uplink", node: node.name, ...uplink } as const,
          node: index,
          left: () =>
            withoutLinks(
              graph,
              own.filter(({ a, link }) => uplink.serials.includes((a === index ? link.a : link.b).local.serial)),
            ),
        }));
      }),
    groups: [...familyLosses(graph, edges), ...tagLosses(nodes, graph)],
    singleUplinks: indexed.filter(({ uplinks }) => uplinks.length === 1).map(({ node }) => node.name),
  };
}

function familyLosses(graph: Graph, edges: readonly Edge[]): readonly Loss[] {
  return (["ip4", "ip6"] as const).flatMap((family): Loss[] => {
    const gone = edges.filter(({ link }) => link.a.family === family);
    if (gone.length === 0 || gone.length === edges.length) return [];
    return [{ failure: { kind: "family", family }, left: () => withoutLinks(graph, gone) }];
  });
}

function tagLosses(nodes: MeshPlan["nodes"], graph: Graph): readonly Loss[] {
  const tags = [...new Set(nodes.flatMap((node) => node.tags))].sort();
  return tags.flatMap((tag): Loss[] => {
    const gone = nodes.flatMap((node, index) => (node.tags.includes(tag) ? [index] : []));
    if (gone.length === nodes.length) return [];
    return [{ failure: { kind: "tag", tag }, left: () => withoutNodes(graph, gone) }];
  });
}

/** An uplink as a failure names it. */
interface UplinkName {
  readonly interface?: string;
  readonly serials: readonly number[];
}

/** The uplinks that a node's links go by, by serial. */
function uplinksOf(connections: MeshPlan["nodes"][number]["connections"]): readonly UplinkName[] {
  const serials = new Map<string, Set<number>>();
  const names = new Map<string, { readonly interface?: string }>();
  for (const { local, uplink } of connections) {
    const key = uplink === undefined ? `serial ${local.serial}` : `interface ${uplink.interface}`;
    names.set(key, uplink === undefined ? {} : { interface: uplink.interface });
    serials.set(key, (serials.get(key) ?? new Set()).add(local.serial));
  }
  return [...serials]
    .map(([key, set]) => ({ ...names.get(key), serials: [...set].sort((one, other) => one - other) }))
    .sort((one, other) => (one.serials[0] ?? 0) - (other.serials[0] ?? 0));
}
