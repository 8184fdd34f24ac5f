import type * as pulumi from "@pulumi/pulumi";
import { HostGate, type Probe } from "../../components/hostGate";
import { Rollout, type LinkCheck } from "../../components/rollout";
import { managedNodes } from "../../core/plan/managed";
import { planMesh } from "../../core/plan/planMesh";
import type { MeshPlan } from "../../core/plan/plan";
import { fullMesh, type Endpoint } from "../../core/registry/registry";
import { bundle } from "../../core/render/bundle";
import { renderNode } from "../../core/render/renderNode";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";
import { setMocks } from "./mocks";
import { arbitraryKey } from "../registry/arbitraryRegistry";

const fit: Probe = () => Promise.resolve({ ok: true });

/** fra1 is the canary, nyc1 and tyo1 come after it. */
const names = ["fra1", "nyc1", "tyo1"];

beforeAll(() => setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) }));

function planWith(more: Partial<Endpoint>): MeshPlan {
  const nodes = names.map((name, index) => {
    const node = labNode(index + 1, name);
    return { ...node, endpoints: node.endpoints.map((endpoint) => ({ ...endpoint, ...more })) };
  });
  return planMesh({ nodes, retired: [], policy: fullMesh }, settings);
}

function text(plan: MeshPlan, name: string): string {
  const [node] = managedNodes(plan).filter((one) => one.name === name);
  if (node === undefined) throw new Error(`no ${name}`);
  return bundle(
    name,
    renderNode(plan, node, Object.fromEntries(names.map((one, index) => [one, [arbitraryKey(index)]]))),
  );
}

/** A change of all nodes, in which these links work beforehand and these do not afterwards. */
function deploy(
  more: Partial<Endpoint>,
  works: readonly string[],
  broken: readonly string[],
  inWaves = true,
  revoked: readonly string[] = [],
) {
  const [before, after] = [planWith({}), planWith(more)];
  const gate = new HostGate(fit, fit);
  const asked: string[] = [];
  const check: LinkCheck = {
    working: (node, links) =>
      Promise.resolve(new Set(links.map(({ name }) => name).filter((name) => works.includes(`${node.name} ${name}`)))),
    broken: (node, links) => {
      const own = links.map(({ name }) => `${node.name} ${name}`);
      asked.push(...own);
      return Promise.resolve(own.some((name) => broken.includes(name)) ? `${node.name}: no IKE_SA` : undefined);
    },
  };
  const rollout = new Rollout(after, gate, check, inWaves, Promise.resolve(new Set(revoked)));
  const [hook] = rollout.hooks.beforeUpdate ?? [];
  const apply = async (name: string): Promise<void> =>
    (hook as pulumi.ResourceHook).callback({
      urn: "urn",
      id: "id",
      type: "command:remote:Command",
      name: `${name}-apply`,
      oldInputs: { stdin: text(before, name) },
      newInputs: { stdin: text(after, name) },
    });
  const wave = async (...wanted: readonly string[]): Promise<readonly string[]> => {
    const nodes = managedNodes(after).filter(({ name }) => wanted.includes(name));
    for (const node of nodes) {
      await apply(node.name);
      await rollout.applied(node);
    }
    asked.length = 0;
    await rollout.passed(nodes);
    return [...asked];
  };
  return { gate, wave, apply, rollout, nodes: managedNodes(after), asked };
}

const all = [
  "fra1 fm200-nyc1",
  "fra1 fm300-tyo1",
  "nyc1 fm100-fra1",
  "nyc1 fm300-tyo1",
  "tyo1 fm100-fra1",
  "tyo1 fm200-nyc1",
];

test("what worked before a wave must work after it", async () => {
  const { gate, wave } = deploy({ mtuBytes: 1400 }, all, ["fra1 fm300-tyo1"]);
  expect(await wave("fra1")).toEqual(["fra1 fm200-nyc1", "fra1 fm300-tyo1"]);
  expect(gate.isClosed).toBe(true);
  expect(gate.failures).toEqual([
    { node: "fra1", step: "links", reason: expect.stringMatching(/^fra1: no IKE_SA\nfix: .*git revert/) as string },
  ]);
});

test("a node whose key is revoked is not asked, and its links do not count", async () => {
  const { gate, wave } = deploy({ mtuBytes: 1400 }, all, ["nyc1 fm100-fra1", "fra1 fm200-nyc1"], true, ["nyc1"]);
  expect(await wave("fra1", "nyc1")).toEqual(["fra1 fm300-tyo1"]);
  expect(await wave("tyo1")).toEqual(["tyo1 fm100-fra1"]);
  expect(gate.isClosed).toBe(false);
});

test("what did not work before is not asked for", async () => {
  const { gate, wave } = deploy({ mtuBytes: 1400 }, ["fra1 fm200-nyc1"], ["fra1 fm300-tyo1"]);
  expect(await wave("fra1")).toEqual(["fra1 fm200-nyc1"]);
  expect(await wave("tyo1")).toEqual([]);
  expect(gate.isClosed).toBe(false);
});

test("where both ends must agree anew, a link counts from when both are changed, by what either saw before", async () => {
  const works = ["fra1 fm200-nyc1", "fra1 fm300-tyo1", "nyc1 fm300-tyo1"];
  const { gate, wave } = deploy({ port: 4600 }, works, ["nyc1 fm100-fra1"]);
  expect(await wave("fra1")).toEqual([]);
  expect(await wave("nyc1")).toEqual(["nyc1 fm100-fra1"]);
  expect(gate.isClosed).toBe(true);
});

test("a node that has not changed is not asked", async () => {
  const { wave } = deploy({ mtuBytes: 1400 }, all, all);
  expect(await wave()).toEqual([]);
});

/** Runs what other promises are waiting for. */
const meanwhile = () => new Promise((resolve) => setImmediate(resolve));

test("daemons are restarted on one node after the other, each when the links of the one before work again", async () => {
  const { apply, rollout, nodes, asked } = deploy({ port: 4600 }, all, [], false);
  const begun: string[] = [];
  for (const { name } of nodes) void apply(name).then(() => begun.push(name));
  await meanwhile();
  for (const [index, node] of nodes.entries()) {
    expect(begun).toEqual(names.slice(0, index + 1));
    await rollout.applied(node);
    await meanwhile();
  }
  // A link counts when both its ends are changed.
  expect(asked).toEqual(["nyc1 fm100-fra1", "tyo1 fm100-fra1", "tyo1 fm200-nyc1"]);
  expect(rollout.describeRestarts()).toEqual([
    expect.stringMatching(/^fra1, nyc1, tyo1: one after the other, restart of charon/),
  ]);
});

test("a restart after which links do not work is the last", async () => {
  const { apply, rollout, nodes, gate } = deploy({ port: 4600 }, all, ["nyc1 fm100-fra1"], false);
  const outcomes = names.map((name) => apply(name).then(String, String));
  for (const node of nodes) {
    await meanwhile();
    await rollout.applied(node);
  }
  expect(await Promise.all(outcomes)).toEqual([
    "undefined",
    "undefined",
    expect.stringMatching(/tyo1: left as it was, for the deploy was stopped at nyc1/) as string,
  ]);
  expect(gate.isClosed).toBe(true);
});

test("without waves, a change that restarts nothing is not looked at", async () => {
  const { wave, asked } = deploy({ mtuBytes: 1400 }, all, all, false);
  expect(await wave("fra1")).toEqual([]);
  expect(asked).toEqual([]);
});
