import * as fc from "fast-check";
import { parse } from "yaml";
import { nextStep, replaced, withNumbers } from "../../core/registry/rotation";

type Nodes = Readonly<Record<string, readonly number[]>>;

function step(nodes: Nodes) {
  const { step: taken, keys } = nextStep(new Map(Object.entries(nodes)));
  return [taken, Object.fromEntries(keys)] as const;
}

test.each<[string, Nodes, string, Nodes]>([
  ["peers accept the next key first", { a: [1], b: [4] }, "accept", { a: [1, 2], b: [4, 5] }],
  ["then it is used", { a: [1, 2], b: [4, 5] }, "use", { a: [2, 1], b: [5, 4] }],
  ["then the former is dropped", { a: [2, 1] }, "drop", { a: [2] }],
  ["a first step that did not reach all is completed", { a: [1, 2], b: [1] }, "accept", { b: [1, 2] }],
  ["a second step that did not reach all is completed", { a: [2, 1], b: [1, 2] }, "use", { b: [2, 1] }],
  ["a third step that did not reach all is completed", { a: [2], b: [2, 1] }, "drop", { b: [2] }],
])("%s", (_, nodes, taken, keys) => {
  expect(step(nodes)).toEqual([taken, keys]);
});

test("nodes that take steps, each of them interrupted anywhere, end with one new key and never skip a step", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { minLength: 12, maxLength: 40 }), (reached) => {
      const nodes = new Map<string, readonly number[]>([
        ["a", [1]],
        ["b", [1]],
        ["c", [1]],
      ]);
      const seen: string[] = [];
      for (const many of [...reached, 3, 3, 3, 3, 3, 3]) {
        if ([...nodes.values()].every((keys) => keys.length === 1 && keys[0] === 2)) break;
        for (const [name, keys] of [...nextStep(nodes).keys].slice(0, many)) nodes.set(name, keys);
        const states = new Set([...nodes.values()].map((keys) => keys.join()));
        expect(states.size).toBeLessThanOrEqual(2);
        seen.push(...states);
      }
      expect([...nodes.values()]).toEqual([[2], [2], [2]]);
      expect([...new Set(seen)].filter((state) => state !== "1")).toEqual(["1,2", "2,1", "2"]);
    }),
  );
});

test("a stolen key is replaced at once, by one that never was", () => {
  expect(replaced([1])).toEqual([2]);
  expect(replaced([2, 3])).toEqual([4]);
});

test.each([
  ["where there are none", "id: 1 # one\nssh: { host: h }\n", "id: 1 # one\nssh: { host: h }\nkeys: [1, 2]\n"],
  ["without a newline at the end", "id: 1", "id: 1\nkeys: [1, 2]\n"],
  ["in place of others", "id: 1\nkeys: [1] # the first\ntags: [a]\n", "id: 1\nkeys: [1, 2] # the first\ntags: [a]\n"],
])("keys are written %s, and all else stays", (_, text, expected) => {
  expect(withNumbers(text, "keys", [1, 2])).toBe(expected);
});

test("keys that stand in a line each are replaced", () => {
  expect(parse(withNumbers("id: 1\nkeys:\n  - 2\n  - 1\ntags: [a]\n", "keys", [2]))).toEqual({
    id: 1,
    keys: [2],
    tags: ["a"],
  });
});

test("a file in one line is left to its writer", () => {
  expect(() => withNumbers("{ id: 1 }\n", "keys", [2])).toThrow("its fields do not stand in a line each");
});
