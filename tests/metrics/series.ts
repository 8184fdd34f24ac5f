/** A series as a reader of the format has it. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const words: Readonly<Record<string, number>> = { "+Inf": Infinity, "-Inf": -Infinity };

/**
 * Reads Prometheus' text exposition format 0.0.4 by its rules, for tests: the series by their name and labels as they are written.
 *
 * @throws where a line is none of the format's, a series stands twice, or one has no TYPE before it
 */
export function series(text: string): ReadonlyMap<string, Series> {
  const found = new Map<string, Series>();
  const typed = new Set<string>();
  let current = "";
  if (text !== "" && !text.endsWith("\n")) throw new Error("the last line has no end");
  for (const line of text.split("\n").slice(0, -1)) {
    const type = /^# TYPE (\w+) (?:gauge|counter)$/.exec(line)?.[1];
    if (type !== undefined) {
      if (typed.has(type)) throw new Error(`a second TYPE: ${line}`);
      typed.add(type);
      current = type;
      continue;
    }
    if (/^# HELP \w+ \S/.test(line)) continue;
    const [, name, labels, value] = /^(\w+)(?:\{((?:\w+="(?:[^"\\]|\\.)*",?)*)\})? (\S+)$/su.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`not understood: ${line}`);
    if (name !== current) throw new Error(`not below its TYPE: ${line}`);
    const key = line.slice(0, line.length - value.length - 1);
    if (found.has(key)) throw new Error(`twice: ${line}`);
    found.set(key, { name, labels: labelsIn(labels ?? ""), value: words[value] ?? Number(value) });
  }
  return found;
}

function labelsIn(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/gsu)];
  const unescaped = (value: string) => value.replace(/\\(.)/gsu, (_, next) => (next === "n" ? "\n" : String(next)));
  return Object.fromEntries(pairs.map(([, name = "", value = ""]) => [name, unescaped(value)]));
}
