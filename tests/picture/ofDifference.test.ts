import { compareMeshes } from "../../core/diff/compareMeshes";
import { renderMermaid } from "../../core/picture/mermaid";
import { maxChangedLinks, pictureOfDifference } from "../../core/picture/ofDifference";
import { planMesh } from "../../core/plan/planMesh";
import { fullMesh, type RegistryNode } from "../../core/registry/registry";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";

const three = [labNode(1, "fra1"), labNode(2, "nyc1"), labNode(3, "tyo1")];

function pictureBetween(before: readonly RegistryNode[], after: readonly RegistryNode[]) {
  const described = (nodes: readonly RegistryNode[]) => ({
    plan: planMesh({ nodes, retired: [], policy: fullMesh }, settings),
    registry: { retired: [] },
    settings: { keySource: "state" as const },
  });
  return pictureOfDifference(compareMeshes(described(before), described(after)));
}

test("what joins, leaves and blinks, and of the others the ends of such links", () => {
  const moved = labNode(2, "nyc1", { endpoints: labNode(9, "x").endpoints });
  const found = pictureBetween(
    [...three, labNode(4, "far1")],
    [labNode(1, "fra1"), moved, labNode(4, "far1"), labNode(5, "ams1")],
  );
  expect(found.kind === "picture" ? renderMermaid(found.picture) : found).toBe(`graph LR
  accTitle: What changes
  accDescr: Nodes and links that join, leave, change or blink, and the nodes at their ends.
  n_ams1["ams1 (joins)"]
  n_far1["far1"]
  n_fra1["fra1"]
  n_nyc1["nyc1"]
  n_tyo1["tyo1 (leaves)"]
  n_fra1 -.-|"blinks"| n_nyc1
  n_fra1 -.-|"leaves"| n_tyo1
  n_nyc1 -.-|"leaves"| n_tyo1
  n_nyc1 -.-|"blinks"| n_far1
  n_tyo1 -.-|"leaves"| n_far1
  n_fra1 ===|"joins"| n_ams1
  n_nyc1 ===|"joins"| n_ams1
  n_far1 ===|"joins"| n_ams1
  classDef joins stroke:#008f66,stroke-width:2px
  class n_ams1 joins
  classDef leaves stroke:#d55e00,stroke-width:2px,stroke-dasharray:6 4
  class n_tyo1 leaves
  linkStyle 0,3 stroke:#cc79a7,stroke-width:3px,stroke-dasharray:9 3 2 3
  linkStyle 1,2,4 stroke:#d55e00,stroke-width:3px,stroke-dasharray:6 4
  linkStyle 5,6,7 stroke:#008f66,stroke-width:3px`);
});

test("a node of which only its tags change is in no picture", () => {
  expect(pictureBetween(three, three)).toEqual({ kind: "nothing" });
  const tagged = labNode(2, "nyc1", { tags: ["hub"] });
  expect(pictureBetween(three, [labNode(1, "fra1"), tagged, labNode(3, "tyo1")])).toEqual({ kind: "nothing" });
});

test("more lines than anybody could follow are not drawn, but counted", () => {
  const many = Array.from({ length: 9 }, (_, index) => labNode(index + 1, `node-${index + 1}`));
  expect(pictureBetween([], many.slice(0, 8))).toMatchObject({ kind: "picture" });
  expect((8 * 7) / 2).toBeLessThanOrEqual(maxChangedLinks);
  expect(pictureBetween([], many)).toEqual({ kind: "tooMany", links: 36 });
});
