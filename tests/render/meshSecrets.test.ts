import { planMesh } from "../../core/plan/planMesh";
import { managedNodes } from "../../core/plan/managed";
import { fullMesh, type RegistryNode } from "../../core/registry/registry";
import { renderNode } from "../../core/render/renderNode";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";
import { arbitraryKey } from "../registry/arbitraryRegistry";

const partner: RegistryNode = {
  id: 4,
  name: "partner",
  organization: "partner",
  commonName: "partner",
  tags: [],
  managed: false,
  publicKey: arbitraryKey(4),
  endpoints: labNode(4, "partner").endpoints,
  prefixes: [],
  file: "partner.yaml",
};
const nodes = [labNode(1, "fra1"), labNode(2, "nyc1"), partner];
const publicKeys = { fra1: [arbitraryKey(1)], nyc1: [arbitraryKey(2)], partner: [arbitraryKey(4)] };

/** The lines of a mesh's files that say which shared secrets are used, by node. */
function lines(...numbers: readonly number[]): Readonly<Record<string, readonly string[]>> {
  const secrets = { numbers, knownTo: [], unknownTo: [] };
  const plan = planMesh({ nodes, retired: [], policy: fullMesh, secrets }, { ...settings, ppk: "required" });
  return Object.fromEntries(
    managedNodes(plan).map((node) => {
      const text = renderNode(plan, node, publicKeys)
        .map(({ content }) => content)
        .join("");
      return [node.name, text.match(/ppk_id = .*|^interface \S+|key mesh( accept-bad-signatures \S+)?/gm) ?? []];
    }),
  );
}

test.each([
  [[1], "key mesh", "ppk_id = fullmesh-1-2"],
  [[1, 2], "key mesh accept-bad-signatures true", "ppk_id = fullmesh-1-2"],
  [[2, 1], "key mesh accept-bad-signatures true", "ppk_id = s2-fullmesh-1-2"],
  [[2], "key mesh", "ppk_id = s2-fullmesh-1-2"],
])(
  "with the secrets %j babel has `%s`, the initiator `%s`, the responder any of the pair's, and a partner neither",
  (numbers, key, asked) => {
    const { fra1, nyc1 } = lines(...numbers);
    expect(fra1).toEqual(["ppk_id = *-1-2", "interface fm200-nyc1", key, "interface fm400-partner"]);
    expect(nyc1).toEqual([asked, "interface fm100-fra1", key, "interface fm400-partner"]);
  },
);
