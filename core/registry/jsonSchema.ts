import { z } from "zod";
import { meshSecretsSchema } from "./meshSecretsSchema";
import { nodeSchema } from "./nodeSchema";
import { policySchema } from "./policySchema";
import { retiredSchema } from "./retiredSchema";

/** Title of each schema, by the file in nodes/ that editors find it in (first line of a node file: `# yaml-language-server: $schema=...`). */
const schemas = {
  "node.schema.json": { title: "A node of the mesh", schema: nodeSchema },
  "policy.schema.json": { title: "Who links with whom, who relays, and who may reach what", schema: policySchema },
  "retired.schema.json": { title: "Retired node ids", schema: retiredSchema },
  "secrets.schema.json": { title: "Which secrets the nodes share", schema: meshSecretsSchema },
} as const;

/** The JSON Schema (2020-12) of each kind of registry file, by file name: what an author may write, before defaults are filled in. */
export function jsonSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { title, schema }]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input" });
      return [name, { $schema, title, ...rest }];
    }),
  );
}
