import { infiniteCost, type BabelNeighbour, type BabelRoute, type BabelState } from "./observation";

/**
 * The answer to `dump` on babeld's control socket: lines of `add KIND ID key value ...`. Unknown kinds and keys are passed over, for
 * releases add some. Source: babeld's local.c.
 */
export function parseBabelDump(lines: readonly string[]): BabelState {
  const neighbours: BabelNeighbour[] = [];
  const routes: BabelRoute[] = [];
  const announced: string[] = [];
  const once = ownCopies();
  // Line by line, as there may be a million words.
  for (const line of lines) {
    const words = line.trim().split(/\s+/);
    if (words[0] !== "add") continue;
    const values = keyValues(words);
    if (words[1] === "neighbour") neighbours.push(neighbour(values, once));
    if (words[1] === "route") routes.push(route(values, once));
    if (words[1] === "xroute") announced.push(once(values.get("prefix") ?? ""));
  }
  return { neighbours, routes, announced };
}

/**
 * Gives each text that occurs one copy of its own. A part of a text keeps the whole of it in memory (V8, sliced strings), which here is a node's whole answer; and the
 * same few networks and interfaces stand in all of the routes.
 */
function ownCopies(): (text: string) => string {
  const copies = new Map<string, string>();
  return (text) => {
    const known = copies.get(text);
    if (known !== undefined) return known;
    const copy = ` ${text}`.slice(1);
    copies.set(copy, copy);
    return copy;
  };
}

function keyValues(words: readonly string[]): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (let at = 3; at + 1 < words.length; at += 2) pairs.set(words[at] ?? "", words[at + 1] ?? "");
  return pairs;
}

/** babeld knows none above an hour. What a host says beyond that is no time, and would draw every picture out of shape. */
const mostRttMs = 3_600_000;

function rttOf(text: string | undefined): number | undefined {
  const rtt = Number.parseFloat(text ?? "");
  return rtt >= 0 && rtt <= mostRttMs ? rtt : undefined;
}

function neighbour(values: ReadonlyMap<string, string>, once: (text: string) => string): BabelNeighbour {
  return {
    interface: once(values.get("if") ?? ""),
    address: once(values.get("address") ?? ""),
    reach: values.get("reach") ?? "0000",
    rxcost: cost(values, "rxcost"),
    txcost: cost(values, "txcost"),
    rttMs: rttOf(values.get("rtt")),
    cost: cost(values, "cost"),
  };
}

function route(values: ReadonlyMap<string, string>, once: (text: string) => string): BabelRoute {
  return {
    prefix: once(values.get("prefix") ?? ""),
    installed: values.get("installed") === "yes",
    metric: cost(values, "metric"),
    interface: once(values.get("if") ?? ""),
  };
}

function cost(values: ReadonlyMap<string, string>, key: string): number {
  const parsed = Number.parseInt(values.get(key) ?? "", 10);
  return Number.isNaN(parsed) ? infiniteCost : parsed;
}
