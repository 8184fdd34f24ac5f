import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { allMetrics, meshExposition } from "../../core/metrics/meshMetrics";
import { compareWithPlan } from "../../core/observe/compareWithPlan";
import type { MeshHealth } from "../../core/observe/health";
import { managedNodes } from "../../core/plan/managed";
import type { MeshPlan } from "../../core/plan/plan";
import { planMesh } from "../../core/plan/planMesh";
import { healthWith, plan, replacing, without } from "../observe/threeNodes";
import { registries, settings } from "../plan/arbitraryMesh";
import { series } from "./series";

/** For people to read: write it anew with `UPDATE_GOLDEN=1 npx jest tests/metrics`. */
const golden = join(__dirname, "golden");

const observed = { stack: "dev", atSeconds: 1795470920 };

function text(health: MeshHealth, of: MeshPlan = plan): string {
  return [...meshExposition(of, health, observed)].join("");
}

/** The values of a metric, by what some of its labels are. */
function values(of: string, name: string, ...labels: readonly string[]): Readonly<Record<string, number>> {
  const named = [...series(of).values()].filter((each) => each.name === name);
  return Object.fromEntries(
    named.map((each) => [labels.map((label) => each.labels[label] ?? "").join(" "), each.value]),
  );
}

/** What newer hosts tell besides: counters of an interface, and the bundle. */
const withTraffic = replacing(
  /("ifname":"fm200-nyc1",)/,
  '$1"stats64":{"rx":{"bytes":4096,"packets":32,"errors":0},"tx":{"bytes":8192,"packets":64,"errors":0}},',
);
const withBundle = (of: string): string =>
  `${of}\n== bundle\n1795460000\n${"0123456789abcdef".repeat(4)}  /var/lib/fullmesh/good\n`;

test("a mesh with one node away", () => {
  const health = healthWith({
    fra1: (of) => withBundle(withTraffic(of)),
    nyc1: without(/^list-sa event \{fm300-tyo1|^add neighbour .* if fm300-tyo1 /),
    tyo1: "tyo1 did not answer",
  });
  const file = join(golden, "one-away.prom");
  if (process.env.UPDATE_GOLDEN !== undefined) {
    mkdirSync(golden, { recursive: true });
    writeFileSync(file, text(health));
  }
  expect(text(health)).toBe(readFileSync(file, "utf8"));
});

test("of a link that one end has, that end alone is up", () => {
  const of = text(healthWith({ nyc1: replacing(/(if fm100-fra1 .* txcost) 96/, "$1 65535") }));
  expect(values(of, "fullmesh_link_up", "node", "peer")).toEqual({
    "fra1 nyc1": 1,
    "fra1 tyo1": 1,
    "nyc1 fra1": 0,
    "nyc1 tyo1": 1,
    "tyo1 fra1": 1,
    "tyo1 nyc1": 1,
  });
  expect(values(of, "fullmesh_link_state", "node", "peer", "state")).toMatchObject({
    "nyc1 fra1 partial": 1,
    "nyc1 fra1 up": 0,
  });
  expect(values(of, "fullmesh_mesh_links", "state")).toEqual({ up: 2, partial: 1, down: 0, unknown: 0 });
  expect(values(of, "fullmesh_mesh_healthy", "stack")).toEqual({ dev: 0 });
});

test("both ends of a link have one name, and one of them initiates", () => {
  const info = [...series(text(healthWith())).values()].filter(({ name }) => name === "fullmesh_link_info");
  const ends = info.filter(({ labels }) => labels.link === "fra1 - nyc1");
  expect(ends.map(({ labels }) => [labels.node, labels.role])).toEqual([
    ["fra1", "responder"],
    ["nyc1", "initiator"],
  ]);
});

test("a security association that is overdue for rekeying says since when", () => {
  const overdue = healthWith({ fra1: replacing(/rekey-time=3302 life-time=3768 install-time=192/, "rekey-time=-100") });
  expect(values(text(overdue), "fullmesh_sa_rekey_timestamp_seconds", "node", "peer", "sa")).toMatchObject({
    "fra1 nyc1 ike": 1795470917 + 13808,
    "fra1 nyc1 child": 1795470917 - 100,
  });
});

test("a node whose charon does not answer is not told as asked with success", () => {
  const silent = replacing(/(?<=^== sas\n)[^]*?(?=^== )/m, "\n-- swanctl: connecting failed\n\n");
  const names = Object.keys(
    values(text(healthWith({ nyc1: silent })), "fullmesh_last_success_timestamp_seconds", "node"),
  );
  expect(names).toEqual(["fra1", "tyo1"]);
});

test("whatever the mesh, every end of a planned link on a node of ours has a series when no node answers", () => {
  fc.assert(
    fc.property(registries(), (registry) => {
      const plan = planMesh(registry, settings);
      const up = values(text(compareWithPlan(plan, new Map()), plan), "fullmesh_link_up", "node", "interface");
      const ends = managedNodes(plan).flatMap(({ name, connections }) =>
        connections.map((each) => `${name} ${each.name}`),
      );
      expect(Object.keys(up).sort()).toEqual([...ends].sort());
      expect(Object.values(up).every((value) => value === 0)).toBe(true);
    }),
    { numRuns: 20 },
  );
});

test("what a host says makes no series of its own", () => {
  const hostile = replacing(/fm200-nyc1(?=.* established=192)/, 'fm200-nyc1","x="\\n');
  const names = (of: string) => [...series(of).keys()].filter((key) => !key.includes("_sa_"));
  expect(names(text(healthWith({ fra1: hostile })))).toEqual(names(text(healthWith())));
});

test("names are by Prometheus' conventions, and each is there once", () => {
  const names = allMetrics.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, type, help } of allMetrics) {
    expect(name).toMatch(/^fullmesh_[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith("_total")).toBe(type === "counter");
    expect(name).not.toMatch(/_(ms|milliseconds|kb|percent|count)(_|$)/);
    expect(help).toMatch(/\.$/);
  }
});
