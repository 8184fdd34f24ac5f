import { z } from "zod";
import { fieldTextOf, unwrapped } from "./field";
import { nodeSchema } from "./nodeSchema";
import { policyFileName, policySchema } from "./policySchema";
import { retiredFileName, retiredSchema } from "./retiredSchema";

/** One field of a registry file, as the reference has it. */
export interface ReferenceRow {
  /** As in `endpoints[].mtu`. */
  readonly path: string;
  /** "required", "optional", or what it is where it is left out. */
  readonly absent: string;
  /** Completes "must be ...". */
  readonly is: string;
  readonly means: string;
  /** In YAML, on one line. */
  readonly example: string;
}

/** Every field below a schema. */
export function referenceRows(schema: z.ZodType, path = ""): readonly ReferenceRow[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodArray) {
    const element = inner.element as z.ZodType;
    return unwrapped(element) instanceof z.ZodObject ? referenceRows(element, `${path}[]`) : [];
  }
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape as Record<string, z.ZodType>).flatMap(([name, field]) => {
    const below = path === "" ? name : `${path}.${name}`;
    const text = fieldTextOf(field);
    if (text === undefined) throw new Error(`the field ${below} has no text: see core/registry/field.ts`);
    const { is, means, example } = text;
    if (example === undefined) throw new Error(`the field ${below} has no example: see core/registry/field.ts`);
    // The name is the field's own, for a schema may stand in several places.
    const shown = example.replace(/^\w+(?=:)/, name);
    return [{ path: below, absent: absent(field), is, means, example: shown }, ...referenceRows(field, below)];
  });
}

function absent(field: z.ZodType): string {
  if (field instanceof z.ZodDefault) return `\`${JSON.stringify(field.def.defaultValue)}\``;
  return field instanceof z.ZodOptional ? "optional" : "required";
}

/** The text of nodes/README.md. */
export function reference(): string {
  const files: readonly (readonly [string, string, z.ZodType])[] = [
    ["A node", "One file a node, `<name>.yaml`; the file's name is the node's.", nodeSchema],
    ["Policy", `\`${policyFileName}\`, one for all nodes, or none.`, policySchema],
    ["Retired ids", `\`${retiredFileName}\`, one for all nodes, or none.`, retiredSchema],
  ];
  const sections = files.map(([title, file, schema]) => {
    const rows = referenceRows(schema).map(({ path, absent, is, means, example }) =>
      [`\`${path}\``, absent, is, means, `\`${example}\``].join(" | "),
    );
    return `## ${title}\n\n${file}\n\n| field | left out | must be | meaning | example |\n| --- | --- | --- | --- | --- |\n${rows.map((row) => `| ${row} |\n`).join("")}`;
  });
  return `# The registry, field by field\n\nWritten by \`npm run schemas\` from the schemas that check it (core/registry).\n\n${sections.join("\n")}`;
}
