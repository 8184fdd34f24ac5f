/** A section of a vici message, as swanctl's `--raw` prints it (libvici's vici_dump): values, lists and sections by name. */
export interface ViciSection {
  readonly values: ReadonlyMap<string, string>;
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly sections: ReadonlyMap<string, ViciSection>;
}

/** The messages of one kind, as in `list-sa event {NAME {key=value list=[a b] section {...}}}`, one on a line. Other lines are passed over. */
export function parseViciEvents(lines: readonly string[], event: string): readonly ViciSection[] {
  const start = `${event} event {`;
  return lines.filter((line) => line.startsWith(start)).map((line) => parseSection(line, start.length).section);
}

const list = /([a-z][a-z0-9_-]*)=\[([^\]]*)\]/y;
const sectionStart = /([^\s{}=]+) \{/y;
/** Values are not quoted and may have spaces, `O=lab, CN=fra1`: one ends where the next key, the next section or the end of this one follows. */
const value = /([a-z][a-z0-9_-]*)=(.*?)(?=\s+[a-z][a-z0-9_-]*=|\s+[^\s{}=]+ \{|\s*\}|\s*$)/y;

/** Reads from behind a section's opening brace to behind its closing one. A line that breaks off ends all its sections. */
function parseSection(line: string, from: number): { readonly section: ViciSection; readonly end: number } {
  const values = new Map<string, string>();
  const lists = new Map<string, readonly string[]>();
  const sections = new Map<string, ViciSection>();
  let position = from;
  while (position < line.length && line[position] !== "}") {
    const listMatch = matchAt(list, line, position);
    const valueMatch = listMatch ?? matchAt(value, line, position);
    const sectionMatch = valueMatch ?? matchAt(sectionStart, line, position);
    if (listMatch !== undefined) lists.set(listMatch.name, listMatch.rest.split(/\s+/).filter(Boolean));
    else if (valueMatch !== undefined) values.set(valueMatch.name, valueMatch.rest);
    if (valueMatch !== undefined) position = valueMatch.end;
    else if (sectionMatch === undefined) position += 1;
    else {
      const inner = parseSection(line, sectionMatch.end);
      sections.set(sectionMatch.name, inner.section);
      position = inner.end;
    }
  }
  return { section: { values, lists, sections }, end: position + 1 };
}

function matchAt(pattern: RegExp, line: string, position: number) {
  pattern.lastIndex = position;
  const match = pattern.exec(line);
  const [, name, rest] = match ?? [];
  return match === null || name === undefined ? undefined : { name, rest: rest ?? "", end: pattern.lastIndex };
}
