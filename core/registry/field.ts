import { z } from "zod";
import type { Path } from "./yamlSource";

/** What messages say of a bad value. Stands beside the schema, which finds it. */
export interface RuleText {
  /** What holds for a good value: completes "must be ...". */
  readonly is: string;
  /** What to do about a bad one, when "write what it must be" is not enough. */
  readonly fix?: string;
}

/** What the person who fills in a field needs to know. */
export interface FieldText extends RuleText {
  /** What the field is for: a sentence for the editor's hover. */
  readonly means: string;
  /** The field as one might write it, in YAML on one line, for the reference; what stands in a list has none. */
  readonly example?: string;
}

/** What the person who sets a setting needs to know, but for its meaning and default, which Pulumi.yaml has. */
export interface SettingText extends Required<RuleText> {
  /** A good value, as text. */
  readonly example: string;
}

const texts = z.registry<RuleText & Partial<FieldText>>();

/** A schema with its text: the meaning goes into the JSON Schema, the rule into messages. */
export function field<S extends z.ZodType>(schema: S, text: FieldText): S {
  const described = schema.describe(`${text.means} Must be ${text.is}.`);
  texts.add(described, text);
  return described;
}

/** A setting's schema with its text. */
export function setting<S extends z.ZodType>(schema: S, text: SettingText): S {
  texts.add(schema, text);
  return schema;
}

/** Why a text is not what it must be: completes "but "..." ...". */
export interface Fault {
  readonly fault: string;
  /** A better way to mend this one than the field's own text has. */
  readonly fix?: string;
  /** The text may be a secret and is not shown: the fault is a sentence of its own. */
  readonly unshown?: true;
}

/** Text in which the function finds no fault. */
export function textWithout(findFault: (text: string) => Fault | undefined): z.ZodString {
  return z.string().superRefine((text, context) => {
    const fault = findFault(text);
    if (fault) context.addIssue({ code: "custom", params: { ...fault } });
  });
}

/** The fault that `textWithout` found, if that is what the issue is about. */
export function faultOf(issue: z.core.$ZodIssue): Fault | undefined {
  return issue.code === "custom" ? faultSchema.safeParse(issue.params).data : undefined;
}

const faultSchema = z.object({
  fault: z.string(),
  fix: z.string().exactOptional(),
  unshown: z.literal(true).exactOptional(),
});

/** The text of the field at the path, or of the nearest field around it. */
export function fieldTextAt(root: z.ZodType, path: Path): RuleText | undefined {
  const schema = schemaAt(root, path);
  const text = schema && texts.get(schema);
  return text ?? (path.length > 0 ? fieldTextAt(root, path.slice(0, -1)) : undefined);
}

/** The schema of the value at the path, if there is a field of that name. */
export function schemaAt(root: z.ZodType, path: Path): z.ZodType | undefined {
  let schema: z.ZodType | undefined = unwrapped(root);
  for (const step of path) {
    const child: z.ZodType | undefined = schema && childOf(schema, step);
    schema = child && unwrapped(child);
  }
  return schema;
}

/** The names of the fields that a map at the path may have. */
export function fieldNamesAt(root: z.ZodType, path: Path): readonly string[] {
  const map = schemaAt(root, path);
  return map instanceof z.ZodObject ? Object.keys(map.shape) : [];
}

function childOf(schema: z.ZodType, step: string | number): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return (schema.shape as Record<string, z.ZodType | undefined>)[step];
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  return undefined;
}

/** The text of a schema itself. */
export function fieldTextOf(schema: z.ZodType): (RuleText & Partial<FieldText>) | undefined {
  return texts.get(unwrapped(schema));
}

/** The schema within `.optional()`, `.default()` and `.prefault()`, which is the one that carries the text. */
export function unwrapped(schema: z.ZodType): z.ZodType {
  const wraps = [z.ZodOptional, z.ZodDefault, z.ZodPrefault].some((kind) => schema instanceof kind);
  return wraps ? unwrapped((schema as z.ZodOptional<z.ZodType>).unwrap()) : schema;
}
