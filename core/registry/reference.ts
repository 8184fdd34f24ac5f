import { z } from "zod";
import { babelReference } from "./babelReference";
import { fieldTextOf, unwrapped } from "./field";
import { markdownTable } from "./markdownTable";
import { meshSecretsFileName, meshSecretsSchema } from "./meshSecretsSchema";
import { nodeSchema } from "./nodeSchema";
import { policyFileName, policySchema } from "./policySchema";
import { retiredFileName, retiredSchema } from "./retiredSchema";
import { setCommand, settingsSchema } from "./settingsSchema";

/** A setting as Pulumi.yaml declares it. */
export interface DeclaredSetting {
  /** What it means. */
  readonly description: string;
  /** Without one it must be set. */
  readonly default?: string | number | boolean;
}

/** By name, without the namespace. */
export type DeclaredSettings = Readonly<Record<string, DeclaredSetting>>;

/** One field of a registry file, or one setting, as the reference has it. */
export interface ReferenceRow {
  /** As in `endpoints[].mtu`. */
  readonly path: string;
  /** "required", "optional", or what it is where it is left out. */
  readonly absent: string;
  /** Completes "must be ...". */
  readonly is: string;
  readonly means: string;
  /** In YAML, on one line; of a setting the command. */
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
    if (text?.means === undefined) throw new Error(`the field ${below} has no text: see core/registry/field.ts`);
    const { is, means, example } = text;
    if (example === undefined) throw new Error(`the field ${below} has no example: see core/registry/field.ts`);
    // The name is the field's own, for a schema may stand in several places.
    const shown = example.replace(/^\w+(?=:)/, name);
    return [{ path: below, absent: absent(field), is, means, example: shown }, ...referenceRows(field, below)];
  });
}

/** Every setting of a stack. */
export function settingRows(declared: DeclaredSettings): readonly ReferenceRow[] {
  return Object.entries(settingsSchema.shape).map(([name, schema]) => {
    const text = fieldTextOf(schema);
    const declaration = declared[name];
    if (text?.example === undefined) throw new Error(`the setting ${name} has no example: see core/registry/field.ts`);
    if (declaration === undefined) throw new Error(`the setting ${name} is not declared in Pulumi.yaml`);
    return {
      path: name,
      absent: declaration.default === undefined ? "required" : code(JSON.stringify(declaration.default)),
      is: text.is,
      means: declaration.description,
      example: setCommand(name, text.example),
    };
  });
}

function absent(field: z.ZodType): string {
  if (field instanceof z.ZodDefault) return code(JSON.stringify(field.def.defaultValue));
  return field instanceof z.ZodOptional ? "optional" : "required";
}

/** The text of nodes/README.md. */
export function reference(declared: DeclaredSettings): string {
  return `# The registry and the settings, field by field

Written by \`npm run schemas\` from the schemas that check them (core/registry), and from Pulumi.yaml.

## A node

One file a node, \`<name>.yaml\`; the file's name is the node's.

${table("field", referenceRows(nodeSchema))}
## Policy

\`${policyFileName}\`, one for all nodes, or none.

${table("field", referenceRows(policySchema))}
## Retired ids

\`${retiredFileName}\`, one for all nodes, or none.

${table("field", referenceRows(retiredSchema))}
## Secrets that the nodes share

\`${meshSecretsFileName}\`, one for all nodes, or none. It has their numbers; the secrets are in the stack's state alone.

${table("field", referenceRows(meshSecretsSchema))}
## Settings of a stack

For the whole mesh, in \`Pulumi.<stack>.yaml\`. None of them is a secret.

${table("setting", settingRows(declared))}
## Babel profiles

The values of \`babelProfile\`, in babeld's words (babeld(8)). What stands after a profile's name is other than in that: \`global hello-interval=1 update-interval=4\`.

${babelReference()}`;
}

function table(kind: string, rows: readonly ReferenceRow[]): string {
  return markdownTable(
    [kind, "left out", "must be", "meaning", "example"],
    rows.map(({ path, absent, is, means, example }) => [code(path), absent, is, means, code(example)]),
  );
}

function code(text: string): string {
  return `\`${text}\``;
}
