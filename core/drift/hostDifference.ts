import { shortText } from "../describe/shortText";

/** More than a host has to tell of which nothing is left as it was, and it has many links. */
const maxLines = 4096;

/** One thing on a host that is other than the last deploy left it, as a line of the script `drift`: a word for what it is, and what it is about. */
export interface HostDifference {
  readonly kind: string;
  readonly words: readonly string[];
}

/** What a host said, long lines and many of them cut, or nothing if its answer breaks off. What is not ASCII, as a person may have put into a file's name, is a question mark. */
export function parseHostDifferences(text: string): readonly HostDifference[] | undefined {
  const lines = text
    .split("\n")
    .map((line) => line.trim().replace(/[^ -~]/g, "?"))
    .filter((line) => line !== "");
  if (lines.at(-1) !== "end") return undefined;
  const more = lines.length - 1 - maxLines;
  return [
    ...lines.slice(0, Math.min(maxLines, lines.length - 1)).map((line) => {
      const [kind = "", ...words] = shortText(line).split(/ +/);
      return { kind, words };
    }),
    ...(more > 0 ? [{ kind: "more", words: [String(more)] }] : []),
  ];
}
