import type { MeshPlan } from "../plan/plan";
import { listed } from "../registry/listed";
import { problemAt, startOf, type Problem } from "../registry/problem";
import { fullMesh, type Registry } from "../registry/registry";
import { unlinkedWords } from "./unlinked";

/**
 * A mesh in which some nodes never reach each other is refused. A problem for each node that lacks others, those that lack most first, and each pair is named
 * once: so a node that is cut off from all is one problem.
 */
export function reachProblems({ nodes: files, policy }: Registry, { nodes, unlinked }: MeshPlan): Problem[] {
  const cut = unlinked.filter(({ via }) => via === null);
  const lacking = nodes
    .map(({ name }) => ({
      name,
      lost: cut
        .filter(({ a, b }) => a === name || b === name)
        .map(({ a, b, reason }) => ({ other: a === name ? b : a, reason })),
    }))
    .sort((one, other) => other.lost.length - one.lost.length);
  const fix =
    policy === fullMesh
      ? "give one of two an address that the other can dial, or a family that it has too"
      : "let it link with a node that relays (_policy.yaml), or give one of two an address that the other can dial";
  const named = new Set<string>();
  return lacking.flatMap(({ name, lost }) => {
    const unnamed = lost.filter(({ other }) => !named.has(other));
    named.add(name);
    if (unnamed.length === 0) return [];
    const others = unnamed.map(({ other }) => other);
    const reasons = [...new Set(unnamed.map(({ reason }) => reason))];
    const file = files.find((node) => node.name === name)?.file ?? name;
    const message = `${name} cannot reach ${listed(others, 4)}, neither by a link (${reasons.map((reason) => unlinkedWords[reason]).join("; ")}) nor by way of nodes that relay`;
    return [problemAt(startOf(file), message, fix)];
  });
}
