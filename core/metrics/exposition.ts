/** Media type of what `exposition` gives. Source: Prometheus, exposition formats, text-based format. */
export const contentType = "text/plain; version=0.0.4; charset=utf-8";

/** Of a sample, by name: letters, digits and underscores, a letter first. */
export type Labels = Readonly<Record<string, string>>;

/** One value of one series. */
export interface Sample {
  readonly labels: Labels;
  /** Infinite and not a number as well; the format has words for them. */
  readonly value: number;
}

/** A metric: what is said of it once, before its samples. */
export interface Metric {
  /** Begins with `fullmesh_` and ends with the unit, `_total` (counters) or `_info`. Source: Prometheus, metric and label naming. */
  readonly name: string;
  readonly type: "gauge" | "counter";
  /** One sentence for a person who does not have this code. */
  readonly help: string;
}

/** A metric with what it was computed from for each of its samples. */
export interface Family {
  readonly metric: Metric;
  readonly samples: Iterable<Sample>;
}

/**
 * Prometheus' text exposition format 0.0.4, a piece for each metric that has samples, in the order given: a large mesh has millions of characters, and none of them
 * need wait for the last.
 *
 * @param families each metric once, and of its samples no two with the same labels
 */
export function* exposition(families: Iterable<Family>): Generator<string> {
  for (const { metric, samples } of families) {
    const { name, type, help } = metric;
    const lines = Array.from(samples, ({ labels, value }) => `${name}${inBraces(labels)} ${numberText(value)}\n`);
    if (lines.length > 0) yield `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${lines.join("")}`;
  }
}

function inBraces(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabelValue(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** Backslash, double quote and line feed; nothing else has a meaning in a label's value. */
export function escapeLabelValue(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => (character === "\n" ? "\\n" : `\\${character}`));
}

/** Double quotes stay as they are in a help text. */
function escapeHelp(help: string): string {
  return help.replace(/[\\\n]/g, (character) => (character === "\n" ? "\\n" : "\\\\"));
}

/** As Go's ParseFloat takes it. */
function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}
