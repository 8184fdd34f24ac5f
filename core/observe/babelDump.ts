import { infiniteCost, type BabelNeighbour, type BabelRoute, type BabelState } from "./observation";

/**
 * The answer to `dump` on babeld's control socket: lines of `add KIND ID key value ...`. Unknown kinds and keys are passed over, for
 * releases add some. Source: babeld's local.c.
 */
export function parseBabelDump(lines: readonly string[]): BabelState {
  const entries = lines.map((line) => line.trim().split(/\s+/)).filter(([verb]) => verb === "add");
  const ofKind = (kind: string) => entries.filter((words) => words[1] === kind).map(keyValues);
  return {
    neighbours: ofKind("neighbour").map(neighbour),
    routes: ofKind("route").map(route),
    announced: ofKind("xroute").flatMap((values) => values.get("prefix") ?? []),
  };
}

function keyValues(words: readonly string[]): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (let at = 3; at + 1 < words.length; at += 2) pairs.set(words[at] ?? "", words[at + 1] ?? "");
  return pairs;
}

function neighbour(values: ReadonlyMap<string, string>): BabelNeighbour {
  const rtt = values.get("rtt");
  return {
    interface: values.get("if") ?? "",
    address: values.get("address") ?? "",
    reach: values.get("reach") ?? "0000",
    rxcost: cost(values, "rxcost"),
    txcost: cost(values, "txcost"),
    rttMs: rtt === undefined ? undefined : Number.parseFloat(rtt),
    cost: cost(values, "cost"),
  };
}

function route(values: ReadonlyMap<string, string>): BabelRoute {
  return {
    prefix: values.get("prefix") ?? "",
    installed: values.get("installed") === "yes",
    metric: cost(values, "metric"),
    interface: values.get("if") ?? "",
  };
}

function cost(values: ReadonlyMap<string, string>, key: string): number {
  const parsed = Number.parseInt(values.get(key) ?? "", 10);
  return Number.isNaN(parsed) ? infiniteCost : parsed;
}
