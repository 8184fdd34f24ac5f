import * as fc from "fast-check";
import { nextStep, replaced } from "../../core/registry/rotation";
import { withNumbers } from "../../core/registry/withNumbers";

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
  ["where there are none", "id: 1 # one\nssh: {host: h}\n", "id: 1 # one\nssh: {host: h}\nkeys: [1, 2]\n"],
  ["without a newline at the end", "id: 1", "id: 1\nkeys: [1, 2]\n"],
  ["in place of others", "id: 1\nkeys: [1] # the first\ntags: [a]\n", "id: 1\nkeys: [1, 2] # the first\ntags: [a]\n"],
  ["into a file that is not there yet", "", "keys: [1, 2]\n"],
  ["beside fields that are indented", "  id:   1\n  ssh: {host: h}\n", "  id:   1\n  ssh: {host: h}\n  keys: [1, 2]\n"],
  ["into a list with an item a line", "id: 1\nkeys:\n- 1\n", "id: 1\nkeys:\n  - 1\n  - 2\n"],
  [
    "into a list with comments",
    "keys: # ours\n  # in use\n  - 1 # of May\nid: 1 # one\n",
    "keys:\n  # ours\n  # in use\n  - 1 # of May\n  - 2\nid: 1 # one\n",
  ],
  ["before the end of the document", "---\nid: 1 # one\n...\n", "---\nid: 1 # one\nkeys: [1, 2]\n...\n"],
  ["into a file in one line", "{ id: 1 } # all\n", "{id: 1, keys: [1, 2]} # all\n"],
  ["after text without a newline at its end", "remarks: |\n  a", "remarks: |\n  a\nkeys: [1, 2]\n"],
  ["in place of nothing", "keys:\nid: 1\n", "keys: [1, 2]\nid: 1\n"],
  ["under a name in quotes", '"keys": [1]\nid: 1\n', '"keys": [1, 2]\nid: 1\n'],
])("keys are written %s, and all else stays", (_, text, expected) => {
  expect(withNumbers(text, "keys", [1, 2])).toBe(expected);
});

test("a list with an item a line loses the comments of what goes, and no other", () => {
  const text = "keys:\n  # newest first\n  - 2 # in use\n  - 1 # former\ntags: [a]\n";
  expect(withNumbers(text, "keys", [2])).toBe("keys:\n  # newest first\n  - 2 # in use\ntags: [a]\n");
});

test.each([
  ["no map", "- 1\n"],
  ["no YAML", "id: [\n"],
])("what is %s is left to its writer", (_, text) => {
  expect(() => withNumbers(text, "keys", [2])).toThrow("keys: [2] cannot be written into it");
});
