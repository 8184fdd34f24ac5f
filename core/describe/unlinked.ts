import type { UnlinkedReason } from "../plan/plan";

/** Why two nodes have no direct link. */
export const unlinkedWords: Readonly<Record<UnlinkedReason, string>> = {
  "no-common-family": "no family in common",
  "no-address": "neither has an address",
  policy: "the policy keeps them apart",
};
