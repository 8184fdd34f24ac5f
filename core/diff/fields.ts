import type { FieldChange } from "./meshDifference";

/** Values as they are described for a reviewer. */
export type Description = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** The fields in which two descriptions differ, in the order of the first, then of the second. */
export function fieldChanges(before: Description, after: Description): readonly FieldChange[] {
  const fields = new Set(
    [...Object.keys(before), ...Object.keys(after)].filter((field) => before[field] !== after[field]),
  );
  return [...fields]
    .map((field) => ({ field, before: text(before[field]), after: text(after[field]) }))
    .filter((change) => change.before !== change.after);
}

function text(value: Description[string]): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "object") return value.length === 0 ? "none" : value.join("; ");
  return String(value);
}
