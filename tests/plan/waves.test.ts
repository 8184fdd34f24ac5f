import fc from "fast-check";
import { managedNodes } from "../../core/plan/managed";
import { canaryProblems, wavesOf } from "../../core/plan/waves";
import { planMesh } from "../../core/plan/planMesh";
import { fullMesh, type Registry } from "../../core/registry/registry";
import { settings } from "./arbitraryMesh";
import { labNode } from "./labNode";

function meshOf(tags: readonly (readonly string[])[]): Registry {
  const nodes = tags.map((own, index) => labNode(index + 1, `n${index + 1}`, { tags: own }));
  return { nodes, retired: [], policy: fullMesh };
}

function waves(tags: readonly (readonly string[])[], canary: string | undefined, wavePercent: number) {
  return wavesOf(managedNodes(planMesh(meshOf(tags), settings)), { canary, wavePercent }).map((wave) =>
    wave.map(({ id }) => id),
  );
}

test("canaries first, then shares of the others", () => {
  const tags = [[], ["hub"], [], [], ["hub", "eu"], [], []];
  expect(waves(tags, "hub", 40)).toEqual([[2, 5], [1, 3], [4, 6], [7]]);
  expect(waves(tags, "hub", 100)).toEqual([
    [2, 5],
    [1, 3, 4, 6, 7],
  ]);
  expect(waves(tags, undefined, 40)).toEqual([[1, 2, 3, 4, 5, 6, 7]]);
});

test("each node is in one wave, whatever the share", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(["hub"], []), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 100 }),
      (tags, percent) => {
        const all = waves(tags, "hub", percent).flat();
        expect(all.sort((a, b) => a - b)).toEqual(tags.map((_, index) => index + 1));
      },
    ),
  );
});

test("a tag that no managed node has is refused", () => {
  const mesh = meshOf([["hub"], []]);
  expect(canaryProblems(mesh, { canary: "hub", wavePercent: 50 })).toEqual([]);
  expect(canaryProblems(mesh, { canary: "hob", wavePercent: 50 })).toEqual([
    expect.objectContaining({
      message: 'no managed node has the tag "hob" of fullmesh:canary; did you mean "hub"?',
    }),
  ]);
});
