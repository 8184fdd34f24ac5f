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
    (path = "", example) => {
      const steps = path
        .replaceAll("[]", ".0")
        .split(".")
        .map((step) => (step === "0" ? 0 : step));
      const field = schemaAt(schema, steps);
      const isMap = example === undefined;
      // Maps, and lists of maps, are shown field by field.
      expect({ path, isMap }).toEqual({
        path,
        isMap: referenceRows(schema).some((row) => row.path.startsWith(`${path}.`) || row.path.startsWith(`${path}[]`)),
      });
      if (isMap) return;
      const [value] = Object.values(parse(example) as Record<string, unknown>);
      expect(field?.safeParse(value).success).toBe(true);
    },
  );
});
