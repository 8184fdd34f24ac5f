/**
 * How babeld weighs a link. A link costs `rxcost`, plus a penalty that grows from 0 at `rttMinMs` to `maxRttPenalty` at `rttMaxMs`.
 * So a detour over one more hop wins as soon as it saves `rxcost * (rttMaxMs - rttMinMs) / maxRttPenalty` milliseconds of round trip.
 * Source: babeld(8), RFC 9616.
 */
export interface BabelProfile {
  /** Cost of one hop, 1 to 16384. */
  readonly rxcost: number;
  /** A silent link is given up after two to three of these. */
  readonly helloIntervalSeconds: number;
  /**
   * Full routing table to each neighbour this often; changes are sent at once all the same. A new neighbour asks for it once, and if that is lost, as it may be
   * while a link comes up, it waits for the next: so this is how late a joining node may be heard of.
   */
  readonly updateIntervalSeconds: number;
  /** Round trips below this cost nothing: keep it above the underlay's jitter, or costs and so routes keep moving. */
  readonly rttMinMs: number;
  /** Round trips above this cost no more than this one. */
  readonly rttMaxMs: number;
  /** Cost added at `rttMaxMs`. */
  readonly maxRttPenalty: number;
}

/** The names of the profiles. */
export const babelProfileNames = ["lan", "continental", "global"] as const;

/**
 * By name of the profile; what one hop more must save is 10, 24 and 38 ms.
 *
 * The costs are several times babeld's own (96 a hop), and that matters. A detour was never as cheap as the direct way once was, so that babel may not take it
 * when the direct way becomes slow, before the far end has a new sequence number (feasibility, RFC 8966 section 3.5.1); and babeld asks for one only where the
 * detour is 512 cheaper (send_unfeasible_request; jech/babeld issue 73). That is 11, 26 and 26 ms here, on top of the hop. With babeld's own costs a route over
 * 160 ms stays for good beside one over 5 ms (seen with 1.12.1).
 */
export const babelProfiles: Readonly<Record<(typeof babelProfileNames)[number], BabelProfile>> = {
  lan: {
    rxcost: 480,
    helloIntervalSeconds: 1,
    updateIntervalSeconds: 4,
    rttMinMs: 2,
    rttMaxMs: 52,
    maxRttPenalty: 2400,
  },
  continental: {
    rxcost: 480,
    helloIntervalSeconds: 2,
    updateIntervalSeconds: 8,
    rttMinMs: 10,
    rttMaxMs: 130,
    maxRttPenalty: 2400,
  },
  global: {
    rxcost: 760,
    helloIntervalSeconds: 2,
    updateIntervalSeconds: 16,
    rttMinMs: 20,
    rttMaxMs: 400,
    maxRttPenalty: 7600,
  },
};

/** A profile as a network engineer wants to read it. */
export function describeBabel(profile: BabelProfile): string {
  const { rxcost, rttMinMs, rttMaxMs, maxRttPenalty, helloIntervalSeconds, updateIntervalSeconds } = profile;
  const saved = Math.round((rxcost * (rttMaxMs - rttMinMs)) / maxRttPenalty);
  return `a hop costs ${rxcost}, and up to ${maxRttPenalty} more between ${rttMinMs} and ${rttMaxMs} ms round trip: one node more must save ${saved} ms; hello ${helloIntervalSeconds} s, update ${updateIntervalSeconds} s`;
}
