import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { nodeSchema } from "../../core/registry/nodeSchema";
import { policySchema } from "../../core/registry/policySchema";
import { reference, referenceRows, settingRows } from "../../core/registry/reference";
import { retiredSchema } from "../../core/registry/retiredSchema";
import { settingsSchema } from "../../core/registry/settingsSchema";
import { fieldTextOf, schemaAt } from "../../core/registry/field";
import { declaredSettings } from "../../stack/settings";

const project = join(__dirname, "../..");
const declared = declaredSettings(project);

test("nodes/README.md is what the schemas and Pulumi.yaml give (else: npm run schemas)", () => {
  const committed = readFileSync(join(project, "nodes/README.md"), "utf8");
  expect(committed).toBe(reference(declared));
});

test.each(Object.entries(settingsSchema.shape))(
  "%s has an example that is valid, and so is its default",
  (name, schema) => {
    expect(schema.safeParse(fieldTextOf(schema)?.example).success).toBe(true);
    const standard = declared[name]?.default;
    if (standard !== undefined) expect(schema.safeParse(String(standard)).success).toBe(true);
  },
);

test("a setting has its meaning and default from Pulumi.yaml, and an example to type in", () => {
  expect(settingRows(declared)).toContainEqual({
    path: "parallelism",
    absent: "`16`",
    is: "a whole number from 1 to 64",
    means: "How many nodes are changed at once, 1 to 64.",
    example: "pulumi config set fullmesh:parallelism 8",
  });
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
