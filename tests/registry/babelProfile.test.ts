import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  babelProfileNames,
  babelProfiles,
  hopMs,
  requestMs,
  type BabelProfile,
} from "../../core/registry/babelProfile";

/** What babeld takes for a link (neighbour_cost and neighbour_rttcost in its neighbour.c). */
function linkCost({ rxcost, rttMinMs, rttMaxMs, maxRttPenalty }: BabelProfile, rttMs: number): number {
  const part = (rttMs - rttMinMs) / (rttMaxMs - rttMinMs);
  return rxcost + maxRttPenalty * Math.min(1, Math.max(0, part));
}

/** What a way over two links must save, in ms, to cost less than one over a single link, by `margin`. */
function leastSaved(profile: BabelProfile, first: number, second: number, margin = 0): number {
  const detour = linkCost(profile, first) + linkCost(profile, second);
  let saved = 0;
  while (linkCost(profile, first + second + saved) - detour <= margin) saved += 0.01;
  return saved;
}

describe.each(babelProfileNames)("%s", (name) => {
  const profile = babelProfiles[name];
  const { rttMinMs: free } = profile;

  test.each([
    ["one link takes no time, the other longer than rtt-min", 0, free, 0],
    ["both links take longer than rtt-min", free, free + 1, -free],
    ["both links take no time", 0, 0, free],
  ])("one node more, where %s", (_, first, second, off) => {
    expect(Math.round(leastSaved(profile, first, second))).toBe(hopMs(profile) + off);
  });

  test("a slowed way is left for one that saves as much more", () => {
    const more = leastSaved(profile, 0, free, 512) - leastSaved(profile, 0, free);
    expect(Math.round(more)).toBe(requestMs(profile));
  });
});

test("the README has these figures", () => {
  const readme = readFileSync(join(__dirname, "../../README.md"), "utf8");
  const listed = (figure: (profile: BabelProfile) => number): string => {
    const [lan, continental, global] = babelProfileNames.map((name) => figure(babelProfiles[name]));
    return `saves ${lan}, ${continental} or ${global} ms`;
  };
  expect(readme).toContain(listed(hopMs));
  expect(readme).toContain(listed(requestMs));
});
