/** Writes nodes/*.schema.json and nodes/README.md anew from the zod schemas and Pulumi.yaml: `npm run schemas`. A test finds out when this was forgotten. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { format } from "prettier";
import { jsonSchemas } from "../core/registry/jsonSchema";
import { reference } from "../core/registry/reference";
import { declaredSettings } from "../stack/settings";

async function main(): Promise<void> {
  const project = join(__dirname, "..");
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    const file = join(project, "nodes", name);
    await writeFile(file, await format(JSON.stringify(schema), { parser: "json", printWidth: 120 }));
  }
  await writeFile(join(project, "nodes", "README.md"), reference(declaredSettings(project)));
}

void main();
