import { blastProblem, digestsAfter, linkDigests } from "../../core/diff/blast";
import { planMesh } from "../../core/plan/planMesh";
import { fullMesh } from "../../core/registry/registry";
import type { MeshSettings } from "../../core/registry/settings";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";

/** Nodes n1 to n6: 15 links. */
function plan(count: number, more: Partial<MeshSettings> = {}, port = 4500) {
  const nodes = Array.from({ length: count }, (_, index) => {
    const node = labNode(index + 1, `n${index + 1}`);
    return index === 0 ? { ...node, endpoints: node.endpoints.map((endpoint) => ({ ...endpoint, port })) } : node;
  });
  return planMesh({ nodes, retired: [], policy: fullMesh }, { ...settings, ...more });
}

const six = plan(6);
const all = new Set(["n1", "n2", "n3", "n4", "n5", "n6"]);

test("links are counted once, whichever of their ends has the change", () => {
  const otherPort = linkDigests(plan(6, {}, 4600));
  expect(blastProblem(linkDigests(six), otherPort, 1)).toBeUndefined();
  expect(blastProblem(linkDigests(six), linkDigests(plan(6, { ppk: "required" })), 99)).toMatch(
    /remove 0 and re-establish 15 of 15 links \(100 %\); the limit is 99 %/,
  );
  expect(blastProblem(linkDigests(six), linkDigests(plan(4)), 59)).toMatch(
    /^this deploy would remove 9 and re-establish 0 of 15 links \(60 %\).*\n {4}removed: n1 - n5, n1 - n6, /,
  );
  expect(blastProblem(linkDigests(six), linkDigests(plan(4)), 60)).toBeUndefined();
});

test("a mesh that grows, or one of which nothing is known, is no blast", () => {
  expect(blastProblem(linkDigests(plan(4)), linkDigests(six), 1)).toBeUndefined();
  expect(blastProblem(new Map(), linkDigests(six), 1)).toBeUndefined();
});

test("of nodes that were not given their files, what they had is what they have", () => {
  const wanted = plan(6, { ppk: "required" });
  const before = linkDigests(six);
  expect(digestsAfter(before, wanted, new Set())).toEqual(before);
  expect(digestsAfter(before, wanted, all)).toEqual(linkDigests(wanted));
  const some = digestsAfter(before, wanted, new Set(["n1"]));
  expect([...some].filter(([name, digest]) => before.get(name) !== digest).map(([name]) => name)).toEqual(
    ["n2", "n3", "n4", "n5", "n6"].map((peer) => `n1->${peer}`),
  );
});
