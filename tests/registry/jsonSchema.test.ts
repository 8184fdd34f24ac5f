import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchemas } from "../../core/registry/jsonSchema";

/** Every field with its path. */
function fieldsOf(schema: object, path = ""): [string, object][] {
  const { properties = {}, items } = schema as { properties?: Record<string, object>; items?: object };
  const inner = Object.entries(properties).flatMap(([name, field]) => fieldsOf(field, `${path}.${name}`));
  return [[path, schema], ...inner, ...(items ? fieldsOf(items, `${path}[]`) : [])];
}

describe.each(Object.entries(jsonSchemas()))("nodes/%s", (name, schema) => {
  it("is what the zod schema gives (else: npm run schemas)", () => {
    const committed: unknown = JSON.parse(readFileSync(join(__dirname, "../../nodes", name), "utf8"));
    expect(committed).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it.each(fieldsOf(schema))("describes %j", (_, field) => {
    expect(field).toHaveProperty("description");
  });
});
