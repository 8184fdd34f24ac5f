import { serialPair } from "./interface";

/** Above babel's own, which are 0 for IPv4 and 1024 for IPv6. */
const firstMetric = 1_000_000;

/**
 * Metric of the fallback route over a link: a route of ours (a floating static route) to the peer's overlay addresses, for the time that babeld takes to start
 * again. Of several links with one peer the one with the lowest serials is taken; like the if_id, it never moves when other links come or go.
 */
export function fallbackMetric(localSerial: number, remoteSerial: number): number {
  return firstMetric + serialPair(localSerial, remoteSerial);
}
