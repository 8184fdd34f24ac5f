import type { Colors } from "picocolors/types";
import type { LinkHealth, MeshHealth, Verdict } from "../../core/observe/health";
import { linkLabel } from "./linkLabel";
import { linkTable } from "./linkTable";
import { nodeTable } from "./nodeTable";

/**
 * What `fullmesh status --json` prints: one JSON object, with `--watch` one a line. Fields may be added; a change of meaning or a removal
 * raises `version`.
 */
export interface StatusReport extends MeshHealth {
  readonly version: 1;
  readonly stack: string;
  /** When the nodes were asked, ISO 8601 in UTC. */
  readonly observedAt: string;
}

/** What a person sees: nodes, links, what is wrong, and a last line that says it all. */
export function renderReport(report: StatusReport, colors: Colors): string {
  const problems = problemLines(report);
  return [
    nodeTable(report.nodes, report.unmanaged, colors),
    ...(report.links.length === 0 ? [] : [linkTable(report.links, colors)]),
    ...(problems.length === 0 ? [] : [problems.join("\n")]),
    summary(report, colors),
  ].join("\n\n");
}

const order: readonly Verdict[] = ["down", "half", "unknown", "up"];

/** The worst links first: for a screen that may be too small for all. */
export function worstFirst(report: StatusReport): StatusReport {
  const rank = ({ verdict }: LinkHealth) => order.indexOf(verdict);
  return { ...report, links: [...report.links].sort((one, other) => rank(one) - rank(other)) };
}

/** All that is wrong, node by node and link by link. */
function problemLines({ nodes, links }: StatusReport): readonly string[] {
  const entry = (what: string, problem: string) => `${what}: ${problem.replaceAll("\n", "\n    ")}`;
  return [
    ...nodes.flatMap(({ name, problems }) =>
      problems.map((problem) => (problem.startsWith(`${name}: `) ? problem : entry(name, problem))),
    ),
    ...links.flatMap((link) => [
      // Where neither end answers, both stand above.
      ...(link.verdict === "unknown" ? [] : link.reasons).map((reason) =>
        entry(`${linkLabel(link, links)} ${link.verdict}`, reason),
      ),
      ...link.warnings.map((warning) => entry(`${linkLabel(link, links)} warning`, warning)),
    ]),
  ];
}

function summary({ stack, healthy, counts }: StatusReport, colors: Colors): string {
  const figures = [
    `${counts.answeringNodes} of ${counts.nodes} nodes answer`,
    ...(counts.unmanagedNodes > 0 ? [`${counts.unmanagedNodes} unmanaged`] : []),
    `${counts.up} of ${counts.links} links up`,
    ...(["half", "down", "unknown"] as const).filter((key) => counts[key] > 0).map((key) => `${counts[key]} ${key}`),
  ].join(", ");
  return `${stack}: ${healthy ? colors.green("healthy") : colors.red("not healthy")} (${figures})`;
}
