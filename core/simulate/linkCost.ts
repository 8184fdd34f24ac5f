import type { BabelProfile } from "../registry/babelProfile";

/** What babel cannot reach (babeld, babeld.h: INFINITY). */
export const infiniteMetric = 65535;

/**
 * What a link costs a node that has measured its round-trip time: 0 up to rtt-min, max-rtt-penalty from rtt-max on, in between in proportion, rounded down; on top of the rxcost
 * that the peer announces. Source: babeld, neighbour.c, neighbour_rttcost and neighbour_cost, for links of `type tunnel` that lose nothing.
 *
 * @param rttMs null where it was not measured, which costs nothing
 */
export function linkCost(
  rxcost: number,
  rttMs: number | null,
  { rttMinMs, rttMaxMs, maxRttPenalty }: Pick<BabelProfile, "rttMinMs" | "rttMaxMs" | "maxRttPenalty">,
): number {
  if (rttMs === null || rttMs <= rttMinMs) return rxcost;
  if (rttMs > rttMaxMs) return Math.min(rxcost + maxRttPenalty, infiniteMetric);
  const penalty = Math.floor((maxRttPenalty * (rttMs - rttMinMs)) / (rttMaxMs - rttMinMs));
  return Math.min(rxcost + penalty, infiniteMetric);
}
