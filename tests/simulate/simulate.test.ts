import * as fc from "fast-check";
import { linkName } from "../../core/plan/connectionName";
import type { Link, MeshPlan, NodePlan } from "../../core/plan/plan";
import { planMesh } from "../../core/plan/planMesh";
import { fullMesh, type Endpoint, type Policy } from "../../core/registry/registry";
import { resilienceOf, simulate, type FailureEffect } from "../../core/simulate/simulate";
import { registries, settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";

const small = registries(2, 6);

/** The slow and plain way: for each pair, all simple paths that only relays lie on, each as the links that it may take. */
interface Way {
  readonly through: readonly string[];
  readonly links: readonly (readonly string[])[];
}

function ways(nodes: readonly NodePlan[], links: readonly Link[], from: string, to: string): readonly Way[] {
  const relays = new Set(nodes.filter((node) => node.relays).map(({ name }) => name));
  const between = (a: string, b: string): readonly string[] =>
    links
      .filter(({ a: { local, remote } }) => [local.node, remote.node].sort().join() === [a, b].sort().join())
      .map(linkName);
  const found: Way[] = [];
  const walk = (at: string, through: readonly string[], taken: readonly (readonly string[])[]): void => {
    const last = between(at, to);
    if (last.length > 0) found.push({ through, links: [...taken, last] });
    for (const { name } of nodes) {
      if (name === from || name === to || through.includes(name) || !relays.has(name)) continue;
      const step = between(at, name);
      if (step.length > 0) walk(name, [...through, name], [...taken, step]);
    }
  };
  walk(from, [], []);
  return found;
}

const shortest = (some: readonly Way[]): number => Math.min(...some.map(({ links }) => links.length));

/** Whether the loss of some other node, or of some link, ends all ways. */
function isOneWay(some: readonly Way[]): boolean {
  if (some.length === 0) return false;
  const nodes = new Set(some.flatMap(({ through }) => through));
  const links = new Set(some.flatMap((way) => way.links.flat()));
  return (
    [...nodes].some((node) => some.every(({ through }) => through.includes(node))) ||
    [...links].some((link) => some.every((way) => way.links.some((step) => step.length === 1 && step[0] === link)))
  );
}

interface Found {
  readonly cutPairs: number;
  readonly oneWay: number;
  readonly longer: number;
  readonly mostExtraHops: number;
}

function slowly(plan: MeshPlan, nodes: readonly NodePlan[], links: readonly Link[]): Found {
  const found = { cutPairs: 0, oneWay: 0, longer: 0, mostExtraHops: 0 };
  for (const [index, a] of nodes.entries()) {
    for (const b of nodes.slice(index + 1)) {
      if (!a.managed && !b.managed) continue;
      const before = ways(plan.nodes, plan.links, a.name, b.name);
      const after = ways(nodes, links, a.name, b.name);
      if (before.length > 0 && after.length === 0) found.cutPairs++;
      if (isOneWay(after) && !isOneWay(before)) found.oneWay++;
      if (after.length === 0 || shortest(after) <= shortest(before)) continue;
      found.longer++;
      found.mostExtraHops = Math.max(found.mostExtraHops, shortest(after) - shortest(before));
    }
  }
  return found;
}

function without({ nodes, links }: MeshPlan, effect: FailureEffect): [readonly NodePlan[], readonly Link[]] {
  const { failure } = effect;
  const keep = (isGone: (node: NodePlan) => boolean): [readonly NodePlan[], readonly Link[]] => {
    const left = nodes.filter((node) => !isGone(node));
    const names = new Set(left.map(({ name }) => name));
    return [left, links.filter(({ a }) => names.has(a.local.node) && names.has(a.remote.node))];
  };
  switch (failure.kind) {
    case "node":
      return keep(({ name }) => name === failure.node);
    case "tag":
      return keep(({ tags }) => tags.includes(failure.tag));
    case "family":
      return [nodes, links.filter(({ a }) => a.family !== failure.family)];
    case "uplink":
      return [
        nodes,
        links.filter(
          ({ a, b }) =>
            ![a, b].some(({ local }) => local.node === failure.node && failure.serials.includes(local.serial)),
        ),
      ];
  }
}

test("in every small mesh, each failure does what trying all paths says", () => {
  fc.assert(
    fc.property(small, (registry) => {
      const plan = planMesh(registry, settings);
      const { failures, tried } = simulate(plan);
      for (const effect of failures) {
        expect({ failure: effect.failure, ...counts(effect) }).toEqual({
          failure: effect.failure,
          ...slowly(plan, ...without(plan, effect)),
        });
      }
      // Of those that are left out as harmless, nodes and tags are easily tried.
      const nodes = plan.nodes.map(({ name }) => ({ kind: "node", node: name }) as const);
      const tags = [...new Set(plan.nodes.flatMap((node) => node.tags))].map((tag) => ({ kind: "tag", tag }) as const);
      for (const failure of [...nodes, ...tags]) {
        if (failures.some((each) => JSON.stringify(each.failure) === JSON.stringify(failure))) continue;
        const harmless = { failure } as FailureEffect;
        expect(slowly(plan, ...without(plan, harmless))).toEqual({
          cutPairs: 0,
          oneWay: 0,
          longer: 0,
          mostExtraHops: 0,
        });
      }
      expect(tried).toBeGreaterThanOrEqual(nodes.length);
    }),
    { numRuns: 30 },
  );
});

test("in every small mesh, one-way pairs and cut edges are what trying all paths says", () => {
  fc.assert(
    fc.property(small, (registry) => {
      const plan = planMesh(registry, settings);
      const { oneWay, cutEdges } = simulate(plan);
      const pairs = plan.nodes.flatMap((a, index) =>
        plan.nodes
          .slice(index + 1)
          .filter((b) => a.managed || b.managed)
          .filter((b) => isOneWay(ways(plan.nodes, plan.links, a.name, b.name)))
          .map((b) => `${a.name} - ${b.name}`),
      );
      expect(resilienceOf(plan).oneWay).toEqual(pairs);
      expect(oneWay.count).toBe(pairs.length);
      const cut = plan.links.map((link) => ({
        name: linkName(link),
        cutPairs: slowly(
          plan,
          plan.nodes,
          plan.links.filter((other) => other !== link),
        ).cutPairs,
      }));
      const byName = (one: { name: string }, other: { name: string }): number => (one.name < other.name ? -1 : 1);
      expect(cutEdges.map(({ name, cutPairs }) => ({ name, cutPairs })).sort(byName)).toEqual(
        cut.filter(({ cutPairs }) => cutPairs > 0).sort(byName),
      );
    }),
    { numRuns: 30 },
  );
});

function counts({ cutPairs, oneWay, longer }: FailureEffect): Found {
  return { cutPairs, oneWay: oneWay.count, longer: longer.pairs, mostExtraHops: longer.mostExtraHops };
}

const endpoint = (serial: number, more: Partial<Endpoint> = {}): Endpoint => ({
  serial,
  family: "ip4",
  address: "192.0.2.1",
  port: 4500,
  mtuBytes: 1500,
  extraCost: 0,
  ...more,
});

/** Two leaves at one hub, and a second hub that has a leaf of its own. */
const leaves: Policy = { ...fullMesh, leaves: [{ tag: "branch", hubs: ["hub"] }] };

const star = (): MeshPlan =>
  planMesh(
    {
      nodes: [
        labNode(1, "fra1", { tags: ["hub"] }),
        labNode(2, "par1", { tags: ["branch"] }),
        labNode(3, "lyo1", { tags: ["branch"] }),
        labNode(4, "nce1", { tags: ["branch"] }),
      ],
      retired: [],
      policy: leaves,
    },
    settings,
  );

test("the hub of a star is named with all that it parts, the leaves are not", () => {
  const { failures, oneWay, cutEdges, singleUplinks } = simulate(star());
  expect(failures.map(({ failure, cutPairs }) => ({ failure, cutPairs }))).toEqual([
    { failure: { kind: "node", node: "fra1" }, cutPairs: 3 },
    { failure: { kind: "tag", tag: "hub" }, cutPairs: 3 },
  ]);
  expect(failures[0]?.cutOff).toEqual([
    { node: "par1", count: 2, from: ["lyo1", "nce1"] },
    { node: "lyo1", count: 1, from: ["nce1"] },
  ]);
  expect(oneWay.count).toBe(6);
  expect(cutEdges).toEqual([
    { name: "fra1 - par1", cutPairs: 3, cutOff: [{ node: "par1", count: 3, from: ["fra1", "lyo1", "nce1"] }] },
    { name: "fra1 - lyo1", cutPairs: 3, cutOff: [{ node: "lyo1", count: 3, from: ["fra1", "par1", "nce1"] }] },
    { name: "fra1 - nce1", cutPairs: 3, cutOff: [{ node: "nce1", count: 3, from: ["fra1", "par1", "lyo1"] }] },
  ]);
  expect(singleUplinks).toEqual(["fra1", "par1", "lyo1", "nce1"]);
});

test("an interface takes all its endpoints along, others go one by one", () => {
  const uplink = { interface: "eth0" };
  const both = [endpoint(0, { uplink }), endpoint(1, { family: "ip6", address: "2001:db8::1", uplink })];
  const nodes = [
    labNode(1, "fra1", { endpoints: [...both, endpoint(2)] }),
    labNode(2, "nyc1", { endpoints: both }),
    labNode(3, "tyo1", { endpoints: [endpoint(0), endpoint(1, { family: "ip6", address: "2001:db8::3" })] }),
  ];
  const policy: Policy = { ...fullMesh, transit: ["none"] };
  const { failures, singleUplinks } = simulate(planMesh({ nodes, retired: [], policy }, settings));
  expect(singleUplinks).toEqual(["nyc1"]);
  expect(failures.map(({ failure }) => failure).filter(({ kind }) => kind === "uplink")).toEqual([
    { kind: "uplink", node: "fra1", interface: "eth0", serials: [0, 1] },
    { kind: "uplink", node: "tyo1", serials: [0] },
    { kind: "uplink", node: "tyo1", serials: [1] },
  ]);
});

test("100 nodes with two families and a link for each pair take seconds at most", () => {
  const endpoints = [endpoint(0), endpoint(1, { family: "ip6", address: "2001:db8::1" })];
  const nodes = Array.from({ length: 100 }, (_, index) =>
    labNode(index + 1, `n${index + 1}`, { endpoints, tags: [`site${index % 10}`] }),
  );
  const plan = planMesh({ nodes, retired: [], policy: fullMesh }, settings);
  const start = process.cpuUsage();
  const { failures, tried, detours } = simulate(plan);
  const { user } = process.cpuUsage(start);
  expect({ failures, tried, detours }).toEqual({ failures: [], tried: 312, detours: [{ extraHops: 0, links: 9900 }] });
  expect(user / 1e6).toBeLessThan(2);
});
