import type { Policy, RegistryNode } from "../registry/registry";
import type { NodePlan } from "./plan";

/** Whether the policy lets two nodes link. A leaf links with its hubs alone; with several leaf tags, with the hubs of each. */
export function mayLink({ leaves, exclude }: Policy, a: RegistryNode, b: RegistryNode): boolean {
  const apart = exclude.some(({ tag, from }) => (has(a, tag) && has(b, from)) || (has(b, tag) && has(a, from)));
  const allows = (node: RegistryNode, peer: RegistryNode): boolean => {
    const own = leaves.filter(({ tag }) => has(node, tag));
    return own.length === 0 || own.some(({ hubs }) => hubs.some((hub) => has(peer, hub)));
  };
  return !apart && allows(a, b) && allows(b, a);
}

/** Whether a node carries what others send each other: all but the leaves, or those with a transit tag. Of one that is not managed nobody knows. */
export function relays({ leaves, transit }: Policy, node: RegistryNode): boolean {
  if (!node.managed) return false;
  if (leaves.some(({ tag }) => has(node, tag))) return false;
  return transit === undefined || transit.some((tag) => has(node, tag));
}

/**
 * What may reach a node over the mesh.
 *
 * @param nodes all nodes, by id
 */
export function accepts({ allow }: Policy, node: RegistryNode, nodes: readonly RegistryNode[]): NodePlan["accepts"] {
  if (allow === undefined) return "everything";
  return entriesTo({ allow }, node).flatMap((index) => {
    const entry = allow[index];
    if (entry === undefined) return [];
    const { from, ports } = entry;
    const sources = nodes.filter((other) => has(other, from)).map(({ name }) => name);
    return [{ from, sources, ports: ports ?? "all" }];
  });
}

/** Indexes of the entries of `allow` that are about a node: one for each acceptance in its plan, in the same order. */
export function entriesTo({ allow = [] }: Pick<Policy, "allow">, node: Pick<RegistryNode, "tags">): readonly number[] {
  return allow.flatMap(({ to }, index) => (has(node, to) ? [index] : []));
}

function has({ tags }: Pick<RegistryNode, "tags">, tag: string): boolean {
  return tags.includes(tag);
}
