import type { Colors } from "picocolors/types";
import type { DriftState, MeshDrift, NodeDrift } from "../../core/drift/meshDrift";

/** What `fullmesh drift --json` prints. A change of meaning or a removal raises `version`. */
export interface DriftReport extends MeshDrift {
  readonly version: 1;
  readonly stack: string;
  /** When the nodes were asked, ISO 8601 in UTC. */
  readonly observedAt: string;
}

/** A line for each thing, by node, and a last one that says it all. */
export function renderDrift({ stack, inSync, nodes }: DriftReport, colors: Colors): string {
  const counts = (["drifted", "absent", "unknown", "in-sync"] as const)
    .map((state) => [state, nodes.filter((node) => node.state === state).length] as const)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${names[state]}`);
  const verdict = inSync ? colors.green("in sync") : colors.red("not in sync");
  return [...nodes.flatMap((node) => nodeLines(node, colors)), `${stack}: ${verdict} (${counts.join(", ")})`].join(
    "\n",
  );
}

const names: Readonly<Record<DriftState, string>> = {
  drifted: "drifted",
  absent: "without the mesh",
  unknown: "unknown",
  "in-sync": "in sync",
};

function nodeLines({ name, differences, notes, unknown }: NodeDrift, colors: Colors): readonly string[] {
  return [
    ...differences.map((text) => `${name}: ${colors.red(text)}`),
    ...(unknown === null ? [] : [`${name}: ${colors.yellow("unknown")}: ${unknown.replaceAll("\n", "\n    ")}`]),
    ...notes.map((text) => `${name}: ${colors.dim(text)}`),
  ];
}
