import * as fc from "fast-check";
import { exposition, type Metric, type Sample } from "../../core/metrics/exposition";
import { series } from "./series";

const gauge: Metric = { name: "fullmesh_test", type: "gauge", help: "A test's." };

function text(metric: Metric, samples: readonly Sample[]): string {
  return [...exposition([{ metric, samples }])].join("");
}

test("help and type stand once, before the samples", () => {
  const samples = [
    { labels: { node: "fra1" }, value: 1 },
    { labels: {}, value: 0.25 },
  ];
  expect(text(gauge, samples)).toBe(
    '# HELP fullmesh_test A test\'s.\n# TYPE fullmesh_test gauge\nfullmesh_test{node="fra1"} 1\nfullmesh_test 0.25\n',
  );
});

test("a metric without samples is left out", () => {
  expect(text(gauge, [])).toBe("");
});

test("help has backslash and line feed escaped, and quotes as they are", () => {
  expect(text({ ...gauge, help: 'a "b"\\\nc' }, [{ labels: {}, value: 1 }])).toContain(
    '# HELP fullmesh_test a "b"\\\\\\nc\n',
  );
});

test("what is no finite number has Go's words", () => {
  const values = [Infinity, -Infinity, NaN].map((value) => ({ labels: {}, value }));
  expect(text(gauge, values).match(/(?<=^fullmesh_test ).*$/gm)).toEqual(["+Inf", "-Inf", "NaN"]);
});

test("any label value and any number is read back as it was, and takes one line", () => {
  const awkward = fc.string({ unit: fc.constantFrom("\\", '"', "\n", "n", "{", "}", ",", "=", " ", "é") });
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), awkward), fc.double({ noNaN: true }), (label, value) => {
      const read = series(text(gauge, [{ labels: { label }, value }]));
      // Minus zero is written as zero.
      expect([...read.values()]).toEqual([{ name: "fullmesh_test", labels: { label }, value: value + 0 }]);
    }),
  );
});
