import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { nodeSchema } from "../../core/registry/nodeSchema";
import { policySchema } from "../../core/registry/policySchema";
import { reference, referenceRows } from "../../core/registry/reference";
import { retiredSchema } from "../../core/registry/retiredSchema";
import { schemaAt } from "../../core/registry/field";

test("nodes/README.md is what the schemas give (else: npm run schemas)", () => {
  const committed = readFileSync(join(__dirname, "../../nodes/README.md"), "utf8");
  expect(committed).toBe(reference());
});

describe.each([
  ["node", nodeSchema],
  ["policy", policySchema],
  ["retired", retiredSchema],
])("%s", (_, schema) => {
  test.each(referenceRows(schema).map(({ path, example }) => [path, example]))(
    "%s has an example that is valid: %s",
    (path = "", example = "") => {
      const steps = path
        .replaceAll("[]", ".0")
        .split(".")
        .map((step) => (step === "0" ? 0 : step));
      expect(example).toMatch(/^.+$/);
      const [[name, value] = [], ...more] = Object.entries(parse(example) as Record<string, unknown>);
      expect({ name, more }).toEqual({ name: steps.at(-1), more: [] });
      expect(schemaAt(schema, steps)?.safeParse(value).success).toBe(true);
    },
  );
});
