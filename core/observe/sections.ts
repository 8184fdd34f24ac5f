/** One section of the script's output, as text. */
export interface RawSection {
  readonly lines: readonly string[];
  /** Why the section is empty or incomplete; undefined if it is whole. */
  readonly failure: string | undefined;
}

const header = /^== (\S+)$/;
const failure = /^-- (.*)$/;

/** Splits what the script `observe` prints at its `== NAME` lines. What stands before the first (a banner, say) is dropped. */
export function splitSections(text: string): ReadonlyMap<string, RawSection> {
  const sections = new Map<string, { lines: string[]; failure: string | undefined }>();
  let current: { lines: string[]; failure: string | undefined } | undefined;
  for (const line of text.split(/\r?\n/)) {
    const name = header.exec(line)?.[1];
    if (name !== undefined) {
      current = { lines: [], failure: undefined };
      sections.set(name, current);
    } else if (current !== undefined) {
      const reason = failure.exec(line)?.[1];
      if (reason === undefined) current.lines.push(line);
      else current.failure = reason;
    }
  }
  return sections;
}
