import * as fc from "fast-check";
import { lineLooks } from "../../core/picture/looks";
import { pictureOfPlan } from "../../core/picture/ofPlan";
import type { LinkState } from "../../core/picture/picture";
import { maxCircleNodes, renderSvg } from "../../core/picture/svg";
import { planMesh } from "../../core/plan/planMesh";
import { registries, settings } from "../plan/arbitraryMesh";
import { livePicture, plannedPicture, three } from "./pictures";
import { xmlFault } from "./xmlFault";

/** Paths that are drawn between two nodes on the circle. */
function lineCount(svg: string): number {
  return svg.match(/<path d="M[^"]+"><title>/g)?.length ?? 0;
}

test("any mesh is well-formed XML, with each node and each link, in whatever order the files were read", () => {
  fc.assert(
    fc.property(registries(), (registry) => {
      const plan = planMesh(registry, settings);
      const svg = renderSvg(pictureOfPlan("dev", plan));
      expect(xmlFault(svg)).toBeUndefined();
      for (const { name } of plan.nodes) expect(svg).toContain(`<title>${name}\n`);
      if (plan.nodes.length <= maxCircleNodes) expect(lineCount(svg)).toBe(plan.links.length);
      const others = { ...registry, nodes: [...registry.nodes].reverse() };
      expect(renderSvg(pictureOfPlan("dev", planMesh(others, settings)))).toBe(svg);
    }),
    { numRuns: 12 },
  );
});

test("whatever a host says is text, and breaks nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.constantFrom(...three), (said, name) => {
      expect(xmlFault(renderSvg(livePicture({ [name]: `<script>${said}` })))).toBeUndefined();
    }),
  );
  expect(renderSvg(livePicture({ tyo1: "<script>alert(1)</script>" }))).toContain("&lt;script&gt;alert(1)");
});

test("what is no XML is found out, so that the other tests can fail", () => {
  for (const bad of [
    "<a>",
    "<a></b>",
    '<a b="<"/>',
    '<a b="1" b="2"/>',
    "<a>&</a>",
    "<a/><a/>",
    "<a>\u0001</a>",
    "x",
  ]) {
    expect(xmlFault(bad)).toBeDefined();
  }
  expect(xmlFault('<a b="1"><c/>x &amp; y</a>')).toBeUndefined();
});

test("verdicts differ in their dashes, and what is wrong in its width, not in colours alone", () => {
  const verdicts: readonly LinkState[] = ["up", "half", "down", "unknown"];
  expect(new Set(verdicts.map((state) => lineLooks[state].dashes)).size).toBe(verdicts.length);
  const changes: readonly LinkState[] = ["planned", "blinks", "leaves"];
  expect(new Set(changes.map((state) => lineLooks[state].dashes)).size).toBe(changes.length);
  expect(lineLooks.joins.width).toBeGreaterThan(lineLooks.planned.width);
});

test("colours have three times the luminance of white's inverse (WCAG 2.1, 1.4.11)", () => {
  const luminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((at) => parseInt(color.slice(at, at + 2), 16) / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  for (const { color } of Object.values(lineLooks)) expect(1.05 / (luminance(color) + 0.05)).toBeGreaterThan(3);
});

test("above 60 nodes there is a matrix, with two squares a link, and a small file for 100 nodes", () => {
  expect(lineCount(renderSvg(plannedPicture(60)))).toBe(1770);
  const matrix = renderSvg(plannedPicture(61));
  expect(lineCount(matrix)).toBe(0);
  expect(matrix.match(/h10v10h-10z/g)).toHaveLength(61 * 60 + 1);
  const large = renderSvg(plannedPicture(100));
  expect(xmlFault(large)).toBeUndefined();
  expect(large.length).toBeLessThan(400_000);
});

test("nothing lies outside of the view", () => {
  for (const count of [1, 2, 4, 17, 60]) {
    const svg = renderSvg(plannedPicture(count));
    const [, width = "", height = ""] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
    const [, left = "", top = ""] = /translate\(([\d.]+) ([\d.]+)\)">\n/.exec(svg) ?? [];
    for (const [, x = "", y = "", radius = ""] of svg.matchAll(
      /<circle cx="([-\d.]+)" cy="([-\d.]+)" r="([\d.]+)" fill="#ffffff"/g,
    )) {
      const inLegend = Number(radius) === 8;
      const [centerX, centerY] = inLegend
        ? [Number(x), Number(y)]
        : [Number(left) + Number(x), Number(top) + Number(y)];
      expect(centerX).toBeGreaterThan(Number(radius));
      expect(centerX).toBeLessThan(Number(width) - Number(radius));
      expect(centerY).toBeGreaterThan(Number(radius));
      expect(centerY).toBeLessThan(Number(height) - Number(radius));
    }
  }
});
