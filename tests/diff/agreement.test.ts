import { connectionsIn, toAgreeAnew } from "../../core/diff/agreement";
import { planMesh } from "../../core/plan/planMesh";
import { cipherProfiles } from "../../core/registry/cipherProfile";
import { fullMesh, type RegistryNode } from "../../core/registry/registry";
import type { MeshSettings } from "../../core/registry/settings";
import { bundle, filesOf } from "../../core/render/bundle";
import { renderNode } from "../../core/render/renderNode";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";
import { arbitraryKey } from "../registry/arbitraryRegistry";

const keys = { fra1: [arbitraryKey(1)], nyc1: [arbitraryKey(2)], tyo1: [arbitraryKey(3)] };
const [fra1, nyc1, tyo1] = [labNode(1, "fra1"), labNode(2, "nyc1"), labNode(3, "tyo1")];
const three = [fra1, nyc1, tyo1];
const endpoint = { serial: 0, family: "ip4", address: "192.0.2.11", port: 4500, mtuBytes: 1500, extraCost: 0 } as const;

/** The files of fra1. */
function files(nodes: readonly RegistryNode[], more: Partial<MeshSettings> = {}, withKeys = keys, numbers = [1]) {
  const secrets = { numbers, knownTo: [], unknownTo: [] };
  const plan = planMesh({ nodes, retired: [], policy: fullMesh, secrets }, { ...settings, ...more });
  const [node] = plan.nodes;
  if (!node?.managed) throw new Error("fra1 is not managed");
  return renderNode(plan, node, withKeys);
}

const fra1With = (more: object): readonly RegistryNode[] => [
  labNode(1, "fra1", { endpoints: [{ ...endpoint, ...more }] }),
  nyc1,
  tyo1,
];

const both = ["fm200-nyc1", "fm300-tyo1"];

test.each([
  ["another MTU", files(fra1With({ mtuBytes: 1400 })), []],
  ["a named uplink", files(fra1With({ uplink: { interface: "eth0" } })), []],
  ["another address of its own", files(fra1With({ address: "192.0.2.77" })), []],
  ["another port of its own", files(fra1With({ port: 4600 })), both],
  ["other ciphers", files(three, { ciphers: cipherProfiles.cnsa }), both],
  ["a preshared key", files(three, { ppk: "required" }), both],
  ["another key of one peer", files(three, {}, { ...keys, tyo1: [arbitraryKey(4)] }), ["fm300-tyo1"]],
  [
    "a node that joins",
    files([...three, labNode(4, "sao1")], {}, { ...keys, sao1: [arbitraryKey(5)] } as typeof keys),
    [],
  ],
  ["a node that leaves", files([fra1, nyc1]), []],
])("%s: what both ends must have before a link works again", (_, after, expected) => {
  expect([...toAgreeAnew(files(three), after)]).toEqual(expected);
});

test("each step to another shared secret leaves links that can be re-established with a peer before it or after it", () => {
  const steps = [[1], [1, 2], [2, 1], [2]].map((numbers) => files(three, { ppk: "required" }, keys, numbers));
  for (const [index, after] of steps.slice(1).entries())
    expect([...toAgreeAnew(steps[index] ?? [], after)]).toEqual([]);
});

test("the files of a bundle are those that it was made of", () => {
  expect(filesOf(bundle("fra1", files(three)))).toEqual(files(three));
  expect(filesOf("")).toEqual([]);
  expect([...connectionsIn(files(three))]).toEqual(both);
});
