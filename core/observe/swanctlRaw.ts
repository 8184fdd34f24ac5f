/** A section of a vici message, as swanctl's `--raw` prints it (libvici's vici_dump): values, lists and sections by name. */
export interface ViciSection {
  readonly values: ReadonlyMap<string, string>;
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly sections: ReadonlyMap<string, ViciSection>;
}

/** The messages of one kind, as in `list-sa event {NAME {key=value list=[a b] section {...}}}`, one on a line. Other lines are passed over. */
export function parseViciEvents(lines: readonly string[], event: string): readonly ViciSection[] {
  const start = `${event} event {`;
  return lines.filter((line) => line.startsWith(start)).map((line) => new LineReader(line, start.length).section());
}

const key = /([a-z][a-z0-9_-]*)=/y;
const sectionStart = /([^\s{}=]+) \{/y;
const space = /\s*/y;
/** Where a value or another word may end. */
const stop = /[\s}]|$/g;

/** charon has no more: IKE_SA, `child-sas`, CHILD_SA. */
const maxDepth = 8;

/** Reads one line, each character of it a few times at most, whatever a host wrote. */
class LineReader {
  private position: number;
  private readonly lastBracket: number;

  constructor(
    private readonly line: string,
    from: number,
  ) {
    this.position = from;
    this.lastBracket = line.lastIndexOf("]");
  }

  /** From behind a section's opening brace to behind its closing one. A line that breaks off ends all its sections. */
  section(depth = 1): ViciSection {
    if (depth > maxDepth) throw new Error("sections in sections without end");
    const values = new Map<string, string>();
    const lists = new Map<string, readonly string[]>();
    const sections = new Map<string, ViciSection>();
    while (this.next() !== undefined && this.next() !== "}") {
      const name = this.take(key);
      const section = name === undefined ? this.take(sectionStart) : undefined;
      if (name !== undefined) {
        const items = this.list();
        if (items === undefined) values.set(name, this.value());
        else lists.set(name, items);
      } else if (section !== undefined) sections.set(section, this.section(depth + 1));
      else this.position = Math.max(this.nextStop(), this.position + 1);
    }
    this.position += 1;
    return { values, lists, sections };
  }

  /** The character after white space; undefined at the end. */
  private next(): string | undefined {
    this.take(space);
    return this.line[this.position];
  }

  /** Values are not quoted and may have spaces, `O=lab, CN=fra1`: one ends where the next key, the next section or the end of this one follows. */
  private value(): string {
    const from = this.position;
    let end = from;
    do {
      this.position = end = this.nextStop();
    } while (!this.isPast(this.next()));
    return this.line.slice(from, end);
  }

  /** Whether a value has ended before the position. */
  private isPast(next: string | undefined): boolean {
    const at = this.position;
    const past =
      next === undefined || next === "}" || this.take(key) !== undefined || this.take(sectionStart) !== undefined;
    this.position = at;
    return past;
  }

  /** What stands in brackets here, if they are closed before the line ends. */
  private list(): readonly string[] | undefined {
    if (this.line[this.position] !== "[" || this.lastBracket < this.position) return undefined;
    const end = this.line.indexOf("]", this.position);
    const items = this.line.slice(this.position + 1, end).split(/\s+/);
    this.position = end + 1;
    return items.filter((item) => item !== "");
  }

  /** What the pattern's group has here; goes on behind it. */
  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.line);
    if (match !== null) this.position = pattern.lastIndex;
    return match?.[1];
  }

  private nextStop(): number {
    stop.lastIndex = this.position;
    return stop.exec(this.line)?.index ?? this.line.length;
  }
}
