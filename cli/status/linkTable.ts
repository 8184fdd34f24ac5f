import type { Colors } from "picocolors/types";
import type { HalfHealth, LinkHealth, RouteHealth, Verdict } from "../../core/observe/health";
import { infiniteCost } from "../../core/observe/observation";
import { formatAge, formatBytes, formatMilliseconds } from "./figures";
import { linkLabel } from "./linkLabel";
import { plainTable } from "./plainTable";

const heading = ["LINK", "STATE", "SEEN BY", "IKE", "CHILD", "IN", "OUT", "RTT", "COST", "ROUTE TO PEER"];

/** Two rows a link, one for each end, since a link may be well on one end and dead on the other. */
export function linkTable(links: readonly LinkHealth[], colors: Colors): string {
  return plainTable(
    heading.map((text) => colors.dim(text)),
    links.flatMap((link) =>
      link.halves.map((half, index) => [
        ...(index === 0 ? [linkLabel(link, links), paint(link.verdict, colors)] : ["", ""]),
        ...row(half, colors),
      ]),
    ),
  );
}

function row(half: HalfHealth, colors: Colors): readonly string[] {
  const { ike, child, babel } = half;
  return [
    `${half.node}${half.initiates ? " (dials)" : ""}`,
    ...(half.verdict === "unknown"
      ? ["?", "?", "?", "?", "?", "?", "?"]
      : [
          association(ike, "ESTABLISHED", colors),
          association(child, "INSTALLED", colors),
          child === null ? "-" : formatBytes(child.bytesIn),
          child === null ? "-" : formatBytes(child.bytesOut),
          babel?.rttMs == null ? "-" : formatMilliseconds(babel.rttMs),
          babel === null ? "-" : babelCost(babel.hears && babel.heard, babel.cost, colors),
          routes(half, colors),
        ]),
  ];
}

function paint(verdict: Verdict, colors: Colors): string {
  if (verdict === "up") return colors.green(verdict);
  return verdict === "unknown" ? colors.yellow(verdict) : colors.red(verdict);
}

/** The age is all there is to say of an association in its usual state. */
function association(
  found: { readonly state: string; readonly ageSeconds: number | null; readonly count: number } | null,
  usual: string,
  colors: Colors,
): string {
  if (found === null) return colors.red("none");
  const age = found.ageSeconds === null ? "" : formatAge(found.ageSeconds);
  const many = found.count > 1 ? colors.yellow(` x${found.count}`) : "";
  return found.state === usual ? `${age}${many}` : colors.red(`${found.state.toLowerCase()} ${age}`.trim());
}

function babelCost(bothWays: boolean, cost: number, colors: Colors): string {
  const text = cost >= infiniteCost ? "infinite" : String(cost);
  return bothWays ? text : colors.red(text);
}

function routes({ route4, route6 }: HalfHealth, colors: Colors): string {
  const [four, six] = [route(route4), route(route6)];
  const text = four === six ? four : `v4 ${four}, v6 ${six}`;
  const isMissing = [route4, route6].some((found) => found === null || found.kind === "none");
  return isMissing ? colors.red(text) : text;
}

function route(found: RouteHealth | null): string {
  if (found === null) return "?";
  return found.kind === "via" ? `via ${found.node}` : found.kind;
}
