/** The inputs that `remote.Command` and `local.Command` share, and the checks that the official provider makes from its Go types. */
import {
  containsUnknown,
  isMap,
  isSecret,
  secret,
  unwrap,
  type PropertyMap,
  type PropertyValue,
} from "../plugin/propertyValue";
import type { CheckFailure } from "../plugin/resource";

/** What a property must be. */
export type PropertyKind = "string" | "number" | "boolean" | "list" | "map" | "stringMap" | "stringList" | "connection";

/** The properties of an object: their kinds, and which are secret or required. */
export interface Shape {
  readonly kinds: Readonly<Record<string, PropertyKind>>;
  readonly secrets: readonly string[];
  readonly required: readonly string[];
}

/** Inputs of both kinds of Command. */
export const COMMAND_KINDS: Readonly<Record<string, PropertyKind>> = {
  create: "string",
  update: "string",
  delete: "string",
  stdin: "string",
  environment: "stringMap",
  triggers: "list",
  logging: "string",
  addPreviousOutputInEnv: "boolean",
};

/** Everything wrong with an object, by property path. Values are never quoted: they may be secret. */
export function shapeFailures(shape: Shape, prefix: string, object: PropertyMap): CheckFailure[] {
  const failures: CheckFailure[] = [];
  for (const name of shape.required) {
    if ((object[name] ?? null) === null)
      failures.push({ property: prefix + name, reason: `missing required property '${name}'` });
  }
  for (const [name, value] of Object.entries(object)) {
    const kind = shape.kinds[name];
    if (kind === undefined) {
      const known = Object.keys(shape.kinds).join(", ");
      failures.push({ property: prefix + name, reason: `unrecognized property '${name}'; known are: ${known}` });
    } else if (!matches(kind, value)) {
      failures.push({ property: prefix + name, reason: `expected a ${kind} value for property '${name}'` });
    }
  }
  return failures;
}

/** The object with those of its secret properties that are present in secret envelopes. */
export function markSecrets(shape: Shape, object: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [
      name,
      shape.secrets.includes(name) && value !== null ? secret(value) : value,
    ]),
  );
}

/** Applies `change` inside the secret envelope of `value`, if it has one. */
export function insideSecret(value: PropertyValue, change: (value: PropertyMap) => PropertyMap): PropertyValue {
  const bare = unwrap(value);
  if (!isMap(bare)) return value;
  return isSecret(value) ? secret(change(bare)) : change(bare);
}

function matches(kind: PropertyKind, value: PropertyValue): boolean {
  const bare = unwrap(value) ?? null;
  if (bare === null || (typeof bare === "string" && containsUnknown(bare))) return true;
  switch (kind) {
    case "list":
      return Array.isArray(bare);
    case "stringList":
      return Array.isArray(bare) && bare.every((item) => matches("string", item));
    case "stringMap":
      return isMap(bare) && Object.values(bare).every((item) => matches("string", item));
    case "map":
    case "connection":
      return isMap(bare);
    default:
      return typeof bare === kind;
  }
}
