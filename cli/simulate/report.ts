import { counted } from "../../core/registry/counted";
import type { Colors } from "picocolors/types";
import { plainText } from "../../core/describe/plainText";
import { listed } from "../../core/registry/listed";
import type { Failure } from "../../core/simulate/failure";
import type { CutOff, Pairs } from "../../core/simulate/pairs";
import type { Path, Prediction } from "../../core/simulate/predict";
import type { CutEdge, FailureEffect, Simulation } from "../../core/simulate/simulate";

/** What `fullmesh simulate --json` prints. Fields may be added; a change of meaning or a removal raises `version`. */
export interface SimulateReport extends Simulation {
  readonly version: 1;
  readonly stack: string;
  /** With `--from` alone. */
  readonly measured?: {
    /** When the nodes were asked, as `status` wrote it. */
    readonly observedAt: string;
    /** Links of the plan that have no round-trip time in the file: they are taken to cost nothing besides their rxcost. */
    readonly unmeasured: number;
    /** Links that did not work then, over which no path leads. */
    readonly down: number;
    /** The links whose loss costs most round-trip time first, those without any other path before them. */
    readonly predictions: readonly Prediction[];
  };
}

/** Lines of a section; nobody reads more. */
const mostLines = 15;

/** Names in a line. */
const mostNames = 6;

/** What a person sees: the worst first, and in the last line what it comes to. */
export function renderReport(report: SimulateReport, colors: Colors): string {
  const { failures, cutEdges, oneWay, singleUplinks, measured } = report;
  const cutting = failures.filter(({ cutPairs }) => cutPairs > 0);
  const thinning = failures.filter((effect) => effect.cutPairs === 0 && effect.oneWay.count > 0);
  const longer = failures.filter((effect) => effect.cutPairs + effect.oneWay.count === 0);
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [[colors.bold(title), ...bounded(lines).map((line) => `  ${line}`)].join("\n")];
  return [
    ...section(
      "failures that cut nodes off",
      cutting.map((effect) => colors.red(cutLine(effect))),
    ),
    ...section(
      "links that cut nodes off (cut edges)",
      cutEdges.map((edge) => colors.red(edgeLine(edge))),
    ),
    ...section("pairs with one way now", pairLines(oneWay)),
    ...section(
      "failures that leave pairs with one way",
      thinning.map((effect) => colors.yellow(oneWayLine(effect))),
    ),
    ...section("failures that only make paths longer", longer.map(longerLine)),
    ...section(
      "nodes with a single uplink, without which they are cut off",
      singleUplinks.length === 0 ? [] : [listed(singleUplinks, mostLines)],
    ),
    ...section("links, by the extra hops without them", detourLines(report)),
    ...(measured === undefined
      ? []
      : section(`paths by round-trip time, as measured at ${plainText(measured.observedAt)}`, [
          ...(measured.down > 0 ? [`${counted(measured.down, "link")} did not work then and are not used`] : []),
          ...(measured.unmeasured > 0 ? [`${counted(measured.unmeasured, "link")} without a round-trip time`] : []),
          ...measured.predictions.map(predictionLine),
        ])),
    summary(report, colors),
  ].join("\n\n");
}

/** A failure in words: `node fra1`. */
export function failureName(failure: Failure): string {
  switch (failure.kind) {
    case "node":
      return `node ${failure.node}`;
    case "uplink":
      return `uplink ${failure.node} ${failure.interface ?? `serial ${failure.serials.join(", ")}`}`;
    case "family":
      return `family ${failure.family}`;
    case "tag":
      return `tag ${failure.tag}`;
  }
}

function bounded(lines: readonly string[]): readonly string[] {
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines), `and ${lines.length - mostLines} more (all: --json)`];
}

function cutLine({ failure, cutPairs, cutOff }: FailureEffect): string {
  return `${failureName(failure)}: ${counted(cutPairs, "pair")} cut off: ${cutOffText(cutOff)}`;
}

function edgeLine({ name, cutPairs, cutOff }: CutEdge): string {
  return `${name}: ${counted(cutPairs, "pair")} cut off: ${cutOffText(cutOff)}`;
}

function oneWayLine({ failure, oneWay }: FailureEffect): string {
  return `${failureName(failure)}: ${counted(oneWay.count, "pair")}: ${pairsText(oneWay)}`;
}

function longerLine({ failure, longer }: FailureEffect): string {
  return `${failureName(failure)}: ${counted(longer.pairs, "pair")}, up to ${counted(longer.mostExtraHops, "extra hop")}`;
}

function pairLines(pairs: Pairs): readonly string[] {
  return pairs.count === 0 ? [] : [`${counted(pairs.count, "pair")}: ${pairsText(pairs)}`];
}

function pairsText({ count, first }: Pairs): string {
  const shown = first.slice(0, mostNames).map(([a, b]) => `${a} - ${b}`);
  return [...shown, ...(count > shown.length ? [`${count - shown.length} more`] : [])].join(", ");
}

/** `fra1 from tyo1 and nyc1; sao1 from 12 others`. */
function cutOffText(cutOff: readonly CutOff[]): string {
  const shown = cutOff.slice(0, 3).map(({ node, count, from }) => {
    const named = from.slice(0, mostNames);
    const others = count > named.length ? [...named.slice(0, -1), `${count - named.length + 1} more`] : named;
    return `${node} from ${listed(others, mostNames)}`;
  });
  return [...shown, ...(cutOff.length > shown.length ? ["..."] : [])].join("; ");
}

function detourLines({ detours }: Simulation): readonly string[] {
  return detours.map(({ extraHops, links }) => `${counted(extraHops, "extra hop")}: ${counted(links, "link")}`);
}

function predictionLine({ link, before, after }: Prediction): string {
  return `without ${link}: ${pathText(before)} => ${pathText(after)}`;
}

function pathText(path: Path | null): string {
  if (path === null) return "no path";
  const rtt = path.rttMs === null ? "RTT not measured" : `${path.rttMs.toFixed(1)} ms`;
  return `${path.nodes.join(" > ")} (${rtt}, metric ${path.metric})`;
}

function summary({ stack, nodes, links, tried, failures, cutEdges }: SimulateReport, colors: Colors): string {
  const cutting = failures.filter(({ cutPairs }) => cutPairs > 0).length;
  const verdict =
    cutting + cutEdges.length === 0
      ? colors.green("no single failure cuts other nodes off")
      : colors.red(`${counted(cutting, "failure")} and ${counted(cutEdges.length, "link")} cut nodes off`);
  return `${stack}: ${verdict} (${nodes} nodes, ${links} links, ${counted(tried, "failure")} tried, and each link)`;
}
