import * as fc from "fast-check";
import type { MeshPlan } from "../../core/plan/plan";
import { planMesh } from "../../core/plan/planMesh";
import { babelProfiles } from "../../core/registry/babelProfile";
import { fullMesh } from "../../core/registry/registry";
import { linkCost } from "../../core/simulate/linkCost";
import { measuredMesh, measurementsSchema, type MeasuredMesh, type Measurements } from "../../core/simulate/measured";
import { predict } from "../../core/simulate/predict";
import { healthWith, plan as threeNodes } from "../observe/threeNodes";
import { registries, settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";

test.each([
  ["babeld's own words in tests/observe/fixtures/fra1.txt: rtt 80.412 rttcost 281", 80.412, 10, 130, 480, 377],
  ["up to rtt-min nothing", 10, 10, 130, 480, 96],
  ["above rtt-max no more than at it", 500, 10, 130, 480, 576],
  ["not measured", null, 10, 130, 480, 96],
] as const)("a link costs: %s", (_, rttMs, rttMinMs, rttMaxMs, maxRttPenalty, cost) => {
  expect(linkCost(96, rttMs, { rttMinMs, rttMaxMs, maxRttPenalty })).toBe(cost);
});

/** What `status` would say of a mesh with these round-trip times, in the order of the plan's links; null is a link that is down. */
function statusOf(plan: MeshPlan, rtts: readonly (number | null)[]): Measurements {
  return measurementsSchema.parse({
    version: 1,
    stack: "test",
    observedAt: "2026-11-30T16:00:00.000Z",
    links: plan.links.map(({ a, b }, at) => {
      const rttMs = rtts[at] ?? null;
      const half = ({ local, name }: typeof a) => ({
        node: local.node,
        connection: name,
        babel: rttMs === null ? null : { rttMs },
      });
      return { verdict: rttMs === null ? "down" : "up", rttMs, halves: [half(a), half(b)] };
    }),
  });
}

const triangle = planMesh(
  { nodes: ["fra1", "nyc1", "tyo1"].map((name, at) => labNode(at + 1, name)), retired: [], policy: fullMesh },
  { ...settings, babel: babelProfiles.continental },
);

test("without a link, the pair goes by way of the third node, and both RTTs add up", () => {
  const predictions = predict(triangle, measuredMesh(triangle, statusOf(triangle, [20, 40, 30])));
  expect(predictions.map(({ link, before, after }) => [link, before?.nodes, before?.rttMs, after])).toEqual([
    [
      "fra1 - nyc1",
      ["fra1", "nyc1"],
      20,
      { nodes: ["fra1", "tyo1", "nyc1"], rttMs: 70, metric: 480 + 600 + 480 + 400 },
    ],
    [
      "fra1 - tyo1",
      ["fra1", "tyo1"],
      40,
      { nodes: ["fra1", "nyc1", "tyo1"], rttMs: 50, metric: 480 + 200 + 480 + 400 },
    ],
    [
      "nyc1 - tyo1",
      ["nyc1", "tyo1"],
      30,
      { nodes: ["nyc1", "fra1", "tyo1"], rttMs: 60, metric: 480 + 200 + 480 + 600 },
    ],
  ]);
});

test("a slow direct link is not used already, and its loss changes nothing", () => {
  const [, slow] = predict(triangle, measuredMesh(triangle, statusOf(triangle, [20, 300, 30])));
  expect(slow?.before?.nodes).toEqual(["fra1", "nyc1", "tyo1"]);
  expect(slow?.after).toEqual(slow?.before);
});

test("no path leads over a link that is down, and what has no path has none", () => {
  const mesh = measuredMesh(triangle, statusOf(triangle, [20, null, 30]));
  expect(mesh).toMatchObject({ down: 1, unmeasured: 0 });
  expect(predict(triangle, mesh).map(({ link, after }) => [link, after])).toEqual([
    ["fra1 - nyc1", null],
    ["nyc1 - tyo1", null],
  ]);
});

test("what status prints is taken", () => {
  const report = JSON.parse(
    JSON.stringify({ version: 1, stack: "test", observedAt: "2026-11-30T16:00:00.000Z", ...healthWith() }),
  ) as unknown;
  const mesh = measuredMesh(threeNodes, measurementsSchema.parse(report));
  expect(mesh).toMatchObject({ down: 0, unmeasured: 0 });
});

/** Bellman and Ford's way, over every link in both directions: metrics from a node, without one link. */
function metricsFrom(plan: MeshPlan, { links }: MeasuredMesh, start: number, without: number): readonly number[] {
  const metrics = plan.nodes.map((_, at) => (at === start ? 0 : Infinity));
  for (let round = plan.nodes.length; round > 0; round--) {
    for (const [at, link] of links.entries()) {
      if (link === null || at === without) continue;
      const steps = [
        [link.a, link.b, link.costs[0]],
        [link.b, link.a, link.costs[1]],
      ] as const;
      for (const [from, to, cost] of steps) {
        if (from !== start && plan.nodes[from]?.relays !== true) continue;
        const metric = (metrics[from] ?? Infinity) + cost;
        if (metric < 65535) metrics[to] = Math.min(metrics[to] ?? Infinity, metric);
      }
    }
  }
  return metrics;
}

test("in every mesh, the metric with and without each link is the least there is", () => {
  const rtts = fc.array(fc.option(fc.integer({ min: 0, max: 200 }), { freq: 8 }), { minLength: 400, maxLength: 400 });
  fc.assert(
    fc.property(registries(2, 9), rtts, (registry, measured) => {
      const plan = planMesh(registry, settings);
      const mesh = measuredMesh(plan, statusOf(plan, measured));
      const expected = mesh.links.flatMap((link, at) => {
        if (link === null) return [];
        const metric = (without: number): number | null => {
          const least = metricsFrom(plan, mesh, link.a, without)[link.b] ?? Infinity;
          return least === Infinity ? null : least;
        };
        return [{ before: metric(-1), after: metric(at) }];
      });
      const found = predict(plan, mesh).map(({ before, after }) => ({
        before: before?.metric ?? null,
        after: after?.metric ?? null,
      }));
      expect(found).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});
