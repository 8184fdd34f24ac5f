import type { LinkBrief, NodeState } from "../../../core/view/views";
import { formatAge, formatBytes, formatMilliseconds } from "../../status/figures";

/** What is not known. */
export const unknown = "-";

export function milliseconds(value: number | null): string {
  return value === null ? unknown : formatMilliseconds(value);
}

export function bytesPerSecond(value: number | null): string {
  return value === null ? unknown : `${formatBytes(value)}/s`;
}

export function age(seconds: number | null): string {
  return seconds === null ? unknown : formatAge(seconds);
}

/** babel's 65535 is no cost. */
export function cost(value: number | null): string {
  if (value === null) return unknown;
  return value >= 65535 ? "infinite" : String(value);
}

/** A link's state in words, with what a picture cannot say. */
export function verdictWords({ verdict, isRelayed }: Pick<LinkBrief, "verdict" | "isRelayed">): string {
  const words = { up: "up", half: "half up", down: "down", unknown: "not known" }[verdict];
  return isRelayed ? `${words}, packets go by way of another node` : words;
}

export const stateWords: Readonly<Record<NodeState, string>> = {
  healthy: "healthy",
  sick: "not healthy",
  silent: "does not answer",
  unmanaged: "run by somebody else, not asked",
};

/** All that a link's label says. */
export function linkWords(link: LinkBrief): string {
  return [
    `${link.name} (${link.family === "ip4" ? "IPv4" : "IPv6"}): ${verdictWords(link)}`,
    `RTT ${milliseconds(link.rttMs)}, cost ${cost(link.cost)}, MTU ${link.mtuBytes ?? unknown}`,
    `${link.cipher ?? "no security association"}, ${age(link.ageSeconds)} old, ${link.initiator} initiates`,
    `traffic ${bytesPerSecond(link.bytesPerSecond)}`,
  ].join("\n");
}
