import pc from "picocolors";
import { renderMarkdown, renderText } from "../../cli/diff/render";
import { sections } from "../../cli/diff/sections";
import { compareMeshes } from "../../core/diff/compareMeshes";
import { resilienceChange } from "../../core/diff/resilienceChange";
import type { MeshPlan } from "../../core/plan/plan";
import { planMesh } from "../../core/plan/planMesh";
import { fullMesh } from "../../core/registry/registry";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";

/** Two leaves at so many hubs. */
function leavesAt(hubs: number): MeshPlan {
  const nodes = [
    labNode(1, "nyc1", { tags: ["leaf"] }),
    labNode(2, "tyo1", { tags: ["leaf"] }),
    ...Array.from({ length: hubs }, (_, at) => labNode(at + 3, `fra${at + 1}`, { tags: ["hub"] })),
  ];
  return planMesh({ nodes, retired: [], policy: { ...fullMesh, leaves: [{ tag: "leaf", hubs: ["hub"] }] } }, settings);
}

test("a second hub makes it better, and its loss worse again", () => {
  const better = resilienceChange(leavesAt(1), leavesAt(2));
  expect(better).toEqual({
    nodes: [{ node: "fra1", before: 1, after: 0 }],
    // The two hubs have their link alone: no leaf relays between them.
    oneWay: { before: 3, after: 1, added: ["fra1 - fra2"], removed: ["nyc1 - tyo1", "nyc1 - fra1", "tyo1 - fra1"] },
  });
  const worse = resilienceChange(leavesAt(2), leavesAt(1));
  expect(worse).toEqual({
    nodes: [{ node: "fra1", before: 0, after: 1 }],
    oneWay: { before: 1, after: 3, added: better.oneWay.removed, removed: better.oneWay.added },
  });
  expect(resilienceChange(leavesAt(2), leavesAt(2)).nodes).toEqual([]);
});

test("diff has it as text and as Markdown, and says nothing where nothing changes", () => {
  const mesh = (hubs: number) => ({
    plan: leavesAt(hubs),
    registry: { retired: [] },
    settings: { keySource: "state" as const },
  });
  const of = (before: number, after: number) => sections(compareMeshes(mesh(before), mesh(after)));
  expect(renderText("", of(2, 1), pc.createColors(false))).toContain(
    `failures
  -  fra1  worse: its loss cuts off 1 pair of other nodes, before 0
  -  pairs with one way  1 => 3; now nyc1 - tyo1, nyc1 - fra1 and tyo1 - fra1; no longer fra1 - fra2
`,
  );
  expect(renderMarkdown("", { kind: "nothing" }, of(1, 2))).toContain(
    "**failures**\n\n- `+` `fra1` better: its loss cuts off 0 pairs of other nodes, before 1\n- `+` `pairs with one way` 3 => 1; now fra1 - fra2; no longer nyc1 - tyo1",
  );
  expect(of(2, 2).map(({ title }) => title)).not.toContain("failures");
});
