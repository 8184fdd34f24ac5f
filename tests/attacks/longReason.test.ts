import * as fc from "fast-check";
import { parseLinks, parseRoutes } from "../../core/observe/ipJson";
import type { Section } from "../../core/observe/observation";
import { parseObservation } from "../../core/observe/parseObservation";

/** A host's answer is wrong in a million places: a complaint of each took half a minute, and was longer than a string can be. */
const elements = 1_000_000;
const list = (element: string, count = elements): string => `[${`${element},`.repeat(count - 1)}${element}]`;
const sections = (text: string): readonly Section<unknown>[] => Object.values({ ...parseObservation(text) });
const reasons = (text: string): readonly string[] =>
  sections(text).flatMap((section) => (section.kind === "failed" ? [section.reason] : []));

const maxReason = 200;

test.each([
  ["routes", parseRoutes, list("1")],
  ["interfaces", parseLinks, list("1")],
  ["one interface", parseLinks, `[{"flags":${list("1")},"mtu":"x"}]`],
  ["all in one place", parseRoutes, `[{"dst":${list("1")}}]`],
])("the first thing that is wrong says enough: %s", (_, parse, json) => {
  expect(() => parse(json)).toThrow(/^.{1,200}$/);
});

test.each([
  ["numbers for routes", `== routes4\n${list("1")}`],
  ["a list that does not end", `== links\n${"[".repeat(elements)}`],
  ["what is no list", `== routes6\n{"a":${list("1")}}`],
  ["its own reason", `== sas\n-- ${"x".repeat(elements)}`],
  ["its own reason, of a slow host", `== sas\n-- ${"x".repeat(elements)}: no answer within 9 s`],
])("a reason is short: %s", (_, text) => {
  expect(Math.max(...reasons(text).map(({ length }) => length))).toBeLessThanOrEqual(maxReason);
  expect(sections(text).every(({ kind }) => kind === "failed")).toBe(true);
});

test("whatever a host says, its reasons are short", () => {
  const names = ["os", "services", "rules", "deviations", "sas", "conns", "babel", "links", "routes4", "routes6"];
  const line = fc.oneof(fc.string({ maxLength: 300 }), fc.json(), fc.constant("x".repeat(100_000)));
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.array(line), fc.boolean(), (name, lines, fails) => {
      const text = `== ${name}\n${fails ? "-- " : ""}${lines.join("\n")}`;
      for (const reason of reasons(text)) expect(reason.length).toBeLessThanOrEqual(maxReason);
    }),
  );
});
