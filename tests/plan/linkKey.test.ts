import * as fc from "fast-check";
import { actionsBetween } from "../../core/diff/actions";
import { linkDigests } from "../../core/diff/blast";
import { filesByNode } from "../../core/diff/filesByNode";
import { connectionName } from "../../core/plan/connectionName";
import { linkKey, linkKeyVersion } from "../../core/plan/linkKey";
import { managedNodes } from "../../core/plan/managed";
import type { MeshPlan } from "../../core/plan/plan";
import { planMesh } from "../../core/plan/planMesh";
import { cipherProfiles } from "../../core/registry/cipherProfile";
import { fullMesh, type Endpoint, type RegistryNode } from "../../core/registry/registry";
import type { MeshSettings } from "../../core/registry/settings";
import { registries, settings } from "./arbitraryMesh";
import { labNode } from "./labNode";

test("the digests are those of their version: with others, raise linkKeyVersion", () => {
  const uplink = { interface: "wwan0", source: "10.64.0.2" };
  const endpoints = [{ serial: 1, family: "ip4", port: 4600, mtuBytes: 1500, extraCost: 0, uplink } as const];
  const nodes = [labNode(1, "fra1"), labNode(2, "nyc1", { endpoints })];
  const plan = planMesh({ nodes, retired: [], policy: fullMesh }, { ...settings, ppk: "required" });
  expect({ version: linkKeyVersion, digests: Object.fromEntries(linkDigests(plan)) }).toEqual({
    version: 1,
    digests: { "fra1->nyc1.1": "47ZJzx", "nyc1.1->fra1": "uIma_n" },
  });
});

const endpoint =
  (change: Partial<Endpoint>) =>
  (node: RegistryNode): RegistryNode => ({
    ...node,
    endpoints: node.endpoints.map((each) => ({ ...each, ...change })),
  });

test("the number of the shared secret does not count, as keys do not", () => {
  const nodes = [labNode(1, "fra1"), labNode(2, "nyc1")];
  const digests = [[1], [2, 1]].map((numbers) => {
    const secrets = { numbers, knownTo: [], unknownTo: [] };
    return linkDigests(planMesh({ nodes, retired: [], policy: fullMesh, secrets }, { ...settings, ppk: "required" }));
  });
  expect(digests[1]).toEqual(digests[0]);
});

const edits: Readonly<Record<string, (node: RegistryNode) => RegistryNode>> = {
  "no edit": (node) => node,
  MTU: endpoint({ mtuBytes: 1400 }),
  cost: endpoint({ extraCost: 77 }),
  tags: (node) => ({ ...node, tags: [...node.tags, "other"] }),
  prefixes: (node) => ({ ...node, prefixes: ["10.9.0.0/24"] }),
  isolation: (node) => (node.managed ? { ...node, isolation: "vrf" } : node),
  address: endpoint({ address: "203.0.113.9" }),
  "DNS name": (node) => ({
    ...node,
    endpoints: node.endpoints.map((each) => {
      const { address, ...rest } = each;
      return address === undefined ? each : { ...rest, dnsName: "node.example.net" };
    }),
  }),
  port: endpoint({ port: 4600 }),
  uplink: endpoint({ uplink: { interface: "eth7" } }),
  organization: (node) => ({ ...node, organization: "other" }),
};

const meshes: Readonly<Record<string, Partial<MeshSettings>>> = {
  "the same settings": {},
  ciphers: { ciphers: cipherProfiles.cnsa },
  PPK: { ppk: "required" },
};

/** By name, of connections between managed nodes. */
function keysOf(plan: MeshPlan): ReadonlyMap<string, string> {
  return new Map(
    managedNodes(plan).flatMap((node) =>
      node.connections.map((connection) => [connectionName(connection), linkKey(connection, node, plan)] as const),
    ),
  );
}

/** What `apply` re-establishes, by its files alone. */
function reestablished(before: MeshPlan, after: MeshPlan): ReadonlySet<string> {
  const [had, has] = [filesByNode(before), filesByNode(after)];
  return new Set(
    managedNodes(after).flatMap((node) => {
      const files = has.get(node.name) ?? [];
      const actions = new Set<string>(actionsBetween(had.get(node.name) ?? files, files));
      return node.connections
        .filter(({ name }) => actions.has("charon-restart") || actions.has(`former ${name}`))
        .map(connectionName);
    }),
  );
}

test("whatever is edited: the key of a connection changes where apply re-establishes it, and nowhere else", () => {
  fc.assert(
    fc.property(
      registries(),
      fc.array(fc.constantFrom(...Object.keys(edits)), { minLength: 64, maxLength: 64 }),
      fc.constantFrom(...Object.keys(meshes)),
      (registry, chosen, mesh) => {
        const nodes = registry.nodes.map((node, index) => edits[chosen[index] ?? ""]?.(node) ?? node);
        const before = planMesh(registry, settings);
        const after = planMesh({ ...registry, nodes }, { ...settings, ...meshes[mesh] });
        const [old, now] = [keysOf(before), keysOf(after)];
        const changed = [...now].filter(([name, key]) => old.has(name) && old.get(name) !== key).map(([name]) => name);
        const expected = [...reestablished(before, after)].filter((name) => old.has(name));
        expect(changed.sort()).toEqual(expected.sort());
      },
    ),
    { numRuns: 25 },
  );
});
