import type { ManagedNode, MeshPlan, UnmanagedNode } from "./plan";

/** The nodes that are deployed to, by id. */
export function managedNodes({ nodes }: MeshPlan): readonly ManagedNode[] {
  return nodes.flatMap((node) => (node.managed ? [node] : []));
}

/** The nodes that others run, by id. */
export function unmanagedNodes({ nodes }: MeshPlan): readonly UnmanagedNode[] {
  return nodes.flatMap((node) => (node.managed ? [] : [node]));
}
