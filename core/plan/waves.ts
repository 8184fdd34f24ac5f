import { nearestWord } from "../registry/nearest";
import { folderName } from "../registry/nodeFileName";
import { problemAt, startOf, type Problem } from "../registry/problem";
import type { Registry } from "../registry/registry";
import type { StackSettings } from "../registry/settings";
import type { ManagedNode } from "./plan";

/** Which nodes a deploy changes first, and how many at a time after them. */
export type WaveSettings = Pick<StackSettings, "canary" | "wavePercent">;

/** The nodes in the order of a deploy: the canaries, then the others by id, a share of them in each wave. Without canaries all are one wave. */
export function wavesOf(
  nodes: readonly ManagedNode[],
  { canary, wavePercent }: WaveSettings,
): readonly (readonly ManagedNode[])[] {
  if (canary === undefined) return [nodes];
  const isCanary = ({ tags }: ManagedNode): boolean => tags.includes(canary);
  const others = nodes.filter((node) => !isCanary(node));
  const size = Math.max(1, Math.ceil((others.length * wavePercent) / 100));
  const later = Array.from({ length: Math.ceil(others.length / size) }, (_, wave) =>
    others.slice(wave * size, (wave + 1) * size),
  );
  return [nodes.filter(isCanary), ...later];
}

/** A tag that no managed node has makes nobody a canary, and the first wave would be any nodes. */
export function canaryProblems({ nodes }: Registry, { canary }: WaveSettings): Problem[] {
  const managed = nodes.filter((node) => node.managed);
  const known = [...new Set(managed.flatMap(({ tags }) => tags))].sort();
  const [first] = nodes;
  if (canary === undefined || known.includes(canary) || first === undefined) return [];
  const near = nearestWord(canary, known);
  return [
    problemAt(
      startOf(folderName(first.file)),
      `no managed node has the tag ${JSON.stringify(canary)} of fullmesh:canary${near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`}`,
      "give a node the tag, or do without waves: pulumi config set fullmesh:canary ''",
    ),
  ];
}
