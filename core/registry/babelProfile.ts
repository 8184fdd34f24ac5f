/**
 * How babeld weighs a link. A link costs `rxcost`, plus a penalty that grows from 0 at `rttMinMs` to `maxRttPenalty` at `rttMaxMs`.
 * babelOptions.ts says what each is good for. Source: babeld(8), RFC 9616.
 */
export interface BabelProfile {
  /** Cost of one hop. */
  readonly rxcost: number;
  readonly helloIntervalSeconds: number;
  readonly updateIntervalSeconds: number;
  /** Round trips up to this cost nothing. */
  readonly rttMinMs: number;
  /** Round trips above this cost no more than this one. */
  readonly rttMaxMs: number;
  /** Cost added at `rttMaxMs`. */
  readonly maxRttPenalty: number;
}

/** The names of the profiles. */
export const babelProfileNames = ["lan", "continental", "global"] as const;

/**
 * How much cheaper than the way in use one must be that babel may not take yet, for babeld to ask the far end for the sequence number with which it may
 * (send_unfeasible_request; jech/babeld issue 73).
 */
export const unfeasibleMargin = 512;

/**
 * By name of the profile. The costs are several times babeld's own (96 a hop), and that matters. Where the node between is no nearer to the far end than the direct
 * way once was, babel may not take the detour when the direct way becomes slow, before the far end has a new sequence number (feasibility, RFC 8966 section 3.5.1);
 * and babeld asks for one only where `unfeasibleMargin` is saved. With babeld's own costs a route over 160 ms stays for good beside one over 5 ms (seen with
 * 1.12.1).
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

/**
 * What a hop costs in round-trip time, in ms, rounded: a way over one node more is taken where it saves that. As each link has `rttMinMs` free, it is `rttMinMs`
 * less where both of its links take longer than that, and up to as much more where both take less.
 */
export function hopMs(profile: BabelProfile): number {
  return worthMs(profile.rxcost, profile);
}

/** What it must save on top of that, in ms, rounded, where the direct way has become slower and babeld must ask for a new sequence number first. */
export function requestMs(profile: BabelProfile): number {
  return worthMs(unfeasibleMargin, profile);
}

function worthMs(cost: number, { rttMinMs, rttMaxMs, maxRttPenalty }: BabelProfile): number {
  return Math.round((cost * (rttMaxMs - rttMinMs)) / maxRttPenalty);
}

/** A profile as a network engineer wants to read it. */
export function describeBabel(profile: BabelProfile): string {
  const { rxcost, rttMinMs, rttMaxMs, maxRttPenalty, helloIntervalSeconds, updateIntervalSeconds } = profile;
  return `a hop costs ${rxcost}, and up to ${maxRttPenalty} more between ${rttMinMs} and ${rttMaxMs} ms round trip: one node more must save ${hopMs(profile)} ms; hello ${helloIntervalSeconds} s, update ${updateIntervalSeconds} s`;
}
