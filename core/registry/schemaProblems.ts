import type { z } from "zod";
import { faultOf, fieldNamesAt, fieldTextAt, schemaAt, type Fault } from "./field";
import { nearestWord } from "./nearest";
import { problemAt, type Place, type Problem } from "./problem";
import { valueAt, type Path } from "./yamlSource";

/** What the messages about one piece of input need to know of it. */
export interface SchemaInput {
  readonly value: unknown;
  /** What its parts are called. */
  readonly kind: "field" | "setting";
  /** What the whole is called: "the node file". */
  readonly what: string;
  valuePlace(path: Path): Place;
  keyPlace(path: Path): Place;
  /** The text of a value that stands without quotes, as it is written. */
  written?(path: Path): string | undefined;
  isRefused(path: Path): boolean;
  /** How the user knows the field: `endpoints[0].port`. */
  nameOf(path: Path): string;
}

/** `endpoints[0].port`. A name that is no plain word (it may be any text) is put in quotes. */
export function fieldName(path: Path): string {
  return path
    .map((step, i) => {
      if (typeof step === "number") return `[${step}]`;
      return (i === 0 ? "" : ".") + (/^[\w<-]{1,60}$/.test(step) ? step : show(step));
    })
    .join("");
}

/** A value as the messages show it: short, on one line, and never mistaken for another type. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  return typeof value === "object" && value !== null ? "a map" : "empty";
}

/** Makes a problem of each thing that the schema refused, in the words that stand beside the schema. One a field: the first says enough. */
export function schemaProblems(schema: z.ZodType, issues: readonly z.core.$ZodIssue[], input: SchemaInput): Problem[] {
  const problems = new Map<string, Problem>();
  const misspelt = new Set<string>();
  for (const issue of issues) {
    const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
    if (input.isRefused(path)) continue;
    if (issue.code === "unrecognized_keys") {
      for (const name of issue.keys) {
        const meant = meantField(schema, path, name, input);
        if (meant) misspelt.add(JSON.stringify([...path, meant]));
        problems.set(JSON.stringify([...path, name]), unknownField(schema, path, name, meant, input));
      }
    } else if (!problems.has(JSON.stringify(path))) {
      problems.set(JSON.stringify(path), badValue(schema, path, faultOf(issue), input));
    }
  }
  // A misspelt field is not missing as well.
  for (const path of misspelt) problems.delete(path);
  return [...problems.values()];
}

/** The field that an unknown one was probably meant to be: one that is not there already. */
function meantField(schema: z.ZodType, path: Path, name: string, input: SchemaInput): string | undefined {
  const absent = fieldNamesAt(schema, path).filter((known) => valueAt(input.value, [...path, known]) === undefined);
  return nearestWord(name, absent);
}

function unknownField(
  schema: z.ZodType,
  path: Path,
  name: string,
  meant: string | undefined,
  input: SchemaInput,
): Problem {
  const place = input.keyPlace([...path, name]);
  const unknown = `unknown ${input.kind} \`${input.nameOf([...path, name])}\``;
  if (meant !== undefined) {
    const better = input.nameOf([...path, meant]);
    return problemAt(
      place,
      `${unknown}; did you mean \`${better}\`?`,
      `write \`${meant}\`, or delete the ${input.kind}`,
    );
  }
  const holder = path.length === 0 ? input.what : `\`${input.nameOf(path)}\``;
  const known = fieldNamesAt(schema, path).map((each) => (path.length === 0 ? input.nameOf([each]) : each));
  return problemAt(place, unknown, `delete it; ${holder} may have ${known.join(", ")}`);
}

function badValue(schema: z.ZodType, path: Path, fault: Fault | undefined, input: SchemaInput): Problem {
  const value = valueAt(input.value, path);
  const text = fieldTextAt(schema, path);
  const is = text?.is ?? "something else";
  const name = path.length === 0 ? input.what : `\`${input.nameOf(path)}\``;
  if (value === undefined) {
    return problemAt(
      input.valuePlace(path),
      `${name} is missing; it must be ${is}`,
      text?.fix ? `add ${name}: ${text.fix}` : `add ${name}`,
    );
  }
  const written = isNumberOrTruth(value) ? (input.written?.(path) ?? String(value)) : undefined;
  const fix = fault?.fix ?? quotingFix(schema, path, value, written) ?? text?.fix ?? `write ${is}`;
  const shown = written ?? show(value);
  const but = fault ? (fault.unshown ? "" : `${shown} `) + fault.fault : `is ${shown}`;
  return problemAt(input.valuePlace(path), `${name} must be ${is}, but ${but}`, fix);
}

function isNumberOrTruth(value: unknown): value is number | boolean {
  return typeof value === "number" || typeof value === "boolean";
}

/**
 * The commonest slip of YAML: text that reads as a number or truth value, or the other way round.
 *
 * @param written a number or truth value as it stands in the file: 007 is not the text "7"
 */
function quotingFix(schema: z.ZodType, path: Path, value: unknown, written: string | undefined): string | undefined {
  const accepts = (other: unknown): boolean => schemaAt(schema, path)?.safeParse(other).success ?? false;
  if (typeof value === "string" && /^\d+$/.test(value) && accepts(Number(value)))
    return `write ${value} without quotes`;
  return written !== undefined && accepts(written) ? `write "${written}" in quotes` : undefined;
}
