import type { BabelProfile } from "./babelProfile";

/** One number of a profile. */
export interface BabelOption {
  readonly key: keyof BabelProfile;
  /** The bounds that babeld has, or that make sense. */
  readonly least: number;
  readonly most: number;
  /** Of a plain cost none. */
  readonly unit?: "s" | "ms";
  /** For a network engineer. */
  readonly means: string;
}

/** What a profile is made of, in babeld's words (babeld(8)). */
export const babelOptions: Readonly<Record<string, BabelOption>> = {
  rxcost: {
    key: "rxcost",
    least: 1,
    most: 16384,
    means:
      "What a hop costs, however short. The `cost` of the uplinks at both ends and the penalty for the round-trip time come on top, and babel takes the way that costs least in sum.",
  },
  "hello-interval": {
    key: "helloIntervalSeconds",
    least: 1,
    most: 600,
    unit: "s",
    means:
      "A node greets its peers this often, which measures the round-trip time. A silent peer is given up after two to three of these; the shorter it is, the sooner a slower way is noticed, too.",
  },
  "update-interval": {
    key: "updateIntervalSeconds",
    least: 1,
    most: 600,
    unit: "s",
    means:
      "All routes go to each peer this often; changes go at once all the same. A new peer asks for them once, and if that is lost, as it may be while a link comes up, it waits for the next: so this is how late a joining node may be heard of.",
  },
  "rtt-min": {
    key: "rttMinMs",
    least: 1,
    most: 60_000,
    unit: "ms",
    means:
      "Round trips up to this cost nothing. Keep it above the underlay's jitter, or costs and so routes keep moving.",
  },
  "rtt-max": {
    key: "rttMaxMs",
    least: 2,
    most: 60_000,
    unit: "ms",
    means: "Round trips above this cost no more than this one: babel does not tell such links apart.",
  },
  "max-rtt-penalty": {
    key: "maxRttPenalty",
    least: 1,
    most: 65534,
    means:
      "What a round trip of `rtt-max` costs on top of `rxcost`; from `rtt-min` on, the penalty grows evenly up to that. The more it is, the less a way over more nodes must save.",
  },
};
