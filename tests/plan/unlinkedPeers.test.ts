import * as fc from "fast-check";
import type { UnlinkedPair } from "../../core/plan/plan";
import { planMesh } from "../../core/plan/planMesh";
import { unlinkedPeers } from "../../core/plan/unlinkedPeers";
import { registries, settings } from "./arbitraryMesh";

const pair = (a: string, b: string, reason: UnlinkedPair["reason"], ...via: readonly string[]): UnlinkedPair => ({
  a,
  b,
  reason,
  via,
});

test("peers are together where both the reason and the relays are the same, and each node sees the way from its end", () => {
  const pairs = [
    pair("n1", "n4", "no-address", "n2"),
    pair("n1", "n5", "policy", "n2", "n3"),
    pair("n1", "n6", "no-address", "n2"),
    pair("n4", "n6", "no-address", "n3"),
  ];
  const towards1 = { peers: ["n1"], reason: "no-address", via: ["n2"] };
  expect(Object.fromEntries(unlinkedPeers(pairs))).toEqual({
    n1: [
      { peers: ["n4", "n6"], reason: "no-address", via: ["n2"] },
      { peers: ["n5"], reason: "policy", via: ["n2", "n3"] },
    ],
    n4: [towards1, { peers: ["n6"], reason: "no-address", via: ["n3"] }],
    n5: [{ peers: ["n1"], reason: "policy", via: ["n3", "n2"] }],
    n6: [towards1, { peers: ["n4"], reason: "no-address", via: ["n3"] }],
  });
});

test("in every mesh, each pair without a link is in it once from either end", () => {
  fc.assert(
    fc.property(registries(), (registry) => {
      const { unlinked } = planMesh(registry, settings);
      const seen = [...unlinkedPeers(unlinked)].flatMap(([node, groups]) =>
        groups.flatMap(({ peers }) => peers.map((peer) => `${node} ${peer}`)),
      );
      expect(seen.sort()).toEqual(unlinked.flatMap(({ a, b }) => [`${a} ${b}`, `${b} ${a}`]).sort());
    }),
    { numRuns: 20 },
  );
});
