/** One thing on a host that is other than the last deploy left it, as a line of the script `drift`: a word for what it is, and what it is about. */
export interface HostDifference {
  readonly kind: string;
  readonly words: readonly string[];
}

/** All that a host said, or nothing if its answer breaks off. What is not ASCII, as a person may have put into a file's name, is a question mark. */
export function parseHostDifferences(text: string): readonly HostDifference[] | undefined {
  const lines = text
    .split("\n")
    .map((line) => line.trim().replace(/[^ -~]/g, "?"))
    .filter((line) => line !== "");
  if (lines.at(-1) !== "end") return undefined;
  return lines.slice(0, -1).map((line) => {
    const [kind = "", ...words] = line.split(/ +/);
    return { kind, words };
  });
}
