import * as fc from "fast-check";
import { actionsBetween } from "../../core/diff/actions";
import { filesByNode } from "../../core/diff/filesByNode";
import { planMesh } from "../../core/plan/planMesh";
import { cipherProfiles } from "../../core/registry/cipherProfile";
import type { Endpoint, RegistryNode } from "../../core/registry/registry";
import { registries, settings } from "../plan/arbitraryMesh";

/** Edits that concern both ends of a link. */
const edits: Readonly<Record<string, (node: RegistryNode) => RegistryNode>> = {
  "no edit": (node) => node,
  "another address": (node) => ({
    ...node,
    endpoints: node.endpoints.map((endpoint) => ({ ...endpoint, address: "203.0.113.9" })),
  }),
  "a name": (node) => ({
    ...node,
    endpoints: node.endpoints.map((endpoint) => ({ ...withoutAddress(endpoint), dnsName: "node.example.net" })),
  }),
  "another organization": (node) => ({ ...node, organization: "other" }),
  "a key more": (node) => (node.managed ? { ...node, keys: [1, 2] } : node),
  "another key in use": (node) => (node.managed ? { ...node, keys: [2, 1] } : node),
  "another key": (node) => (node.managed ? { ...node, keys: [2] } : node),
};

function withoutAddress(endpoint: Endpoint): Endpoint {
  const rest: { address?: string } & Endpoint = { ...endpoint };
  delete rest.address;
  return rest;
}

/** Only the side that dials makes a link anew: were the change in the other's files alone, nobody would. */
test.each([
  ["the same ciphers", {}],
  ["other ciphers", { ciphers: cipherProfiles.cnsa }],
])("with %s, whatever is edited: what one end of a link wants made anew, the other does too", (_, other) => {
  fc.assert(
    fc.property(
      registries(),
      fc.array(fc.constantFrom(...Object.values(edits)), { minLength: 40, maxLength: 40 }),
      (registry, chosen) => {
        const nodes = registry.nodes.map((node, index) => chosen[index]?.(node) ?? node);
        const [before, after] = [
          planMesh(registry, settings),
          planMesh({ ...registry, nodes }, { ...settings, ...other }),
        ];
        const [had, has] = [filesByNode(before), filesByNode(after)];
        const renewed = new Set(
          has.names.flatMap((name) => {
            const files = has.get(name) ?? [];
            const actions = actionsBetween(had.get(name) ?? files, files).map((action) => action.split(" "));
            return actions.flatMap(([what, link]) =>
              what === "former" || what === "revoked" ? [`${name} ${link ?? ""}`] : [],
            );
          }),
        );
        const oneSided = after.links
          .filter(({ a: half }) => half.local.managed && half.remote.managed)
          .filter(({ a, b }) => renewed.has(`${a.local.node} ${a.name}`) !== renewed.has(`${b.local.node} ${b.name}`));
        expect(oneSided.map(({ a, b }) => `${a.name} ${b.name}`)).toEqual([]);
      },
    ),
    { numRuns: 15 },
  );
});
