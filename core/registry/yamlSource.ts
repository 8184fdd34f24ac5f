import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Scalar,
} from "yaml";
import { problemAt, startOf, type Place, type Problem } from "./problem";
import { syntaxProblems } from "./yamlSyntax";

/** Field names and list indexes from the document's root down to a value. */
export type Path = readonly (string | number)[];

/** One YAML file as plain data that still knows where each value was written. */
export interface YamlSource {
  readonly file: string;
  readonly value: unknown;
  /** Where the value is written; the nearest map or list around it where it is not written at all. */
  valuePlace(path: Path): Place;
  /** The text of a value that stands without quotes, as it is written: `007`. */
  written(path: Path): string | undefined;
  /** Where the name of the field is written. */
  keyPlace(path: Path): Place;
  /** Whether the value was already refused as YAML (an alias), so that its absence is no second problem. */
  isRefused(path: Path): boolean;
}

/** What a file holds, as far as it can be read, and what is wrong with it as YAML. No source: it cannot be read at all. */
export interface YamlReading {
  readonly source?: YamlSource;
  readonly problems: readonly Problem[];
}

/** The YAML that the files are: version 1.2, core schema. */
export const yamlOptions = { version: "1.2", schema: "core", merge: false } as const;

/** Far beyond any sensible file; keeps a hostile one from exhausting the stack. */
const maxDepth = 32;

/** The longest list is that of the retired ids. Nodes, tags and networks are compared with each other, so a hostile list would take long. */
const maxItems = 4096;

/**
 * Reads one YAML 1.2 document (core schema). Refuses what makes a file mean something else than it says: duplicate keys, aliases and merge keys,
 * tags, keys that are no plain words, further documents. Never throws.
 *
 * @param valueOf what a scalar stands for, where another reader of the file has other rules
 */
export function readYaml(file: string, text: string, valueOf = (scalar: Scalar): unknown => scalar.value): YamlReading {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  let document: Document;
  let syntax: Problem[];
  try {
    // The walk below finds duplicate keys itself: it can say where the first one is, and goes on.
    document = parseDocument(text, {
      ...yamlOptions,
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
    });
    syntax = syntaxProblems(document, place);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { problems: [problemAt(startOf(file), `not readable as YAML: ${reason}`, "simplify the file")] };
  }
  if (document.errors.length > 0) return { problems: syntax };

  const walk = new Walk(place, valueOf);
  const value = walk.read(document.contents, []);
  return { source: walk.source(file, value), problems: [...syntax, ...walk.problems] };
}

/** One pass over the parsed tree that makes plain data of it and remembers the places. */
class Walk {
  readonly problems: Problem[] = [];
  private readonly values = new Map<string, Place>();
  private readonly keys = new Map<string, Place>();
  private readonly refused = new Set<string>();

  private readonly texts = new Map<string, string>();

  constructor(
    private readonly place: (offset: number) => Place,
    private readonly valueOf: (scalar: Scalar) => unknown,
  ) {}

  /** The node as plain data; notes the place of everything in it. */
  read(node: unknown, path: Path): unknown {
    if (isScalarMapSeqOrAlias(node)) {
      const at = this.place(node.range?.[0] ?? 0);
      this.values.set(keyOf(path), at);
      if (isAlias(node)) {
        this.refuseValue(path, at, "a YAML alias (`*name`) is not allowed here", "write the value out");
        return undefined;
      }
      if (path.length > maxDepth) {
        this.refuseValue(path, at, `nested deeper than ${maxDepth} levels`, "flatten it");
        return undefined;
      }
      if (isScalar(node)) {
        if (node.type === "PLAIN" && node.source !== undefined) this.texts.set(keyOf(path), node.source);
        return this.valueOf(node);
      }
      if (isSeq(node) && node.items.length > maxItems) {
        this.refuseValue(path, at, `a list of ${node.items.length} items; it may have ${maxItems}`, "shorten the list");
        return undefined;
      }
      if (isSeq(node)) return node.items.map((item, index) => this.read(item, [...path, index]));
      if (isMap(node)) return this.readMap(node.items, path, at);
    }
    return null;
  }

  source(file: string, value: unknown): YamlSource {
    const valuePlace = (path: Path): Place =>
      this.values.get(keyOf(path)) ?? (path.length === 0 ? startOf(file) : valuePlace(path.slice(0, -1)));
    return {
      file,
      value,
      valuePlace,
      written: (path) => this.texts.get(keyOf(path)),
      keyPlace: (path) => this.keys.get(keyOf(path)) ?? valuePlace(path),
      isRefused: (path) => this.refused.has(keyOf(path)),
    };
  }

  private readMap(pairs: readonly { key: unknown; value: unknown }[], path: Path, mapPlace: Place): object {
    const fields = new Map<string, unknown>();
    for (const { key, value } of pairs) {
      const at = isScalarMapSeqOrAlias(key) ? this.place(key.range?.[0] ?? 0) : mapPlace;
      const name = isScalar(key) && typeof key.value === "string" ? key.value : undefined;
      if (name === undefined) {
        this.refuse(
          at,
          "the name of a field must be a word",
          "write `name: value`, with quotes around a name that is not plain text",
        );
        continue;
      }
      const fieldPath = [...path, name];
      const earlier = this.keys.get(keyOf(fieldPath));
      if (earlier) {
        this.refuse(
          at,
          `the field \`${name}\` is already on line ${earlier.line}; each may stand once`,
          "delete one of the two",
        );
        continue;
      }
      this.keys.set(keyOf(fieldPath), at);
      fields.set(name, this.read(value, fieldPath));
      // An empty value has no extent of its own: point at the field.
      if (isScalar(value) && value.value === null) this.values.set(keyOf(fieldPath), at);
    }
    // Defines each as an own property, `__proto__` too, so that the schema sees and refuses it.
    return Object.fromEntries(fields);
  }

  private refuse(at: Place, message: string, fix: string): void {
    this.problems.push(problemAt(at, message, fix));
  }

  private refuseValue(path: Path, at: Place, message: string, fix: string): void {
    this.refused.add(keyOf(path));
    this.refuse(at, message, fix);
  }
}

/** The value at the path; undefined where there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

function keyOf(path: Path): string {
  return JSON.stringify(path);
}

function isScalarMapSeqOrAlias(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}
