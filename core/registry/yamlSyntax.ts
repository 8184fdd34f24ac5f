import { visit, type Document } from "yaml";
import { problemAt, type Place, type Problem } from "./problem";

/** What the parser says against the document. One a line: what follows on the same line is nearly always the echo of the first. */
export function syntaxProblems(document: Document, place: (offset: number) => Place): Problem[] {
  const byLine = new Map<number, Problem>();
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    const openQuote = message.startsWith("Missing closing") ? lastQuoteBefore(document, pos[0]) : undefined;
    const at = place(openQuote ?? pos[0]);
    if (byLine.has(at.line)) continue;
    const [what, fix] = syntaxAdvice[message.startsWith("Flow ") ? "OPEN_BRACKET" : code] ?? [
      `not valid YAML: ${message}`,
      "correct the YAML at this place",
    ];
    byLine.set(at.line, problemAt(at, what, fix));
  }
  return [...byLine.values()];
}

/** An unclosed quote swallows the rest of the file: the place to look at is where it opens. */
function lastQuoteBefore(document: Document, offset: number): number | undefined {
  let start: number | undefined;
  visit(document, {
    Scalar: (_, { type, range }) => {
      const quoted = type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE";
      if (quoted && range && range[0] <= offset) start = range[0];
    },
  });
  return start;
}

/** The parser speaks to programmers; for its commonest errors, what to say instead. */
const syntaxAdvice: Readonly<Partial<Record<string, readonly [string, string]>>> = {
  MULTIPLE_DOCS: [
    "a second YAML document begins here, but a file holds one",
    "move what follows into a file of its own, and delete the `---`",
  ],
  OPEN_BRACKET: [
    "not valid YAML: a list or map in brackets is still open here",
    "close the bracket before this line, or indent the line more than the field it belongs to",
  ],
  MISSING_CHAR: ["not valid YAML: a quote or bracket is opened, but not closed", "close it on the same line"],
  TAB_AS_INDENT: ["indented with a tab, which YAML does not allow", "indent with spaces, two a level"],
  TAG_RESOLVE_FAILED: [
    "a YAML tag (`!...`) is not allowed here",
    'delete the tag; put text that begins with "!" in quotes',
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    "not valid YAML: a field begins inside the value of another",
    'indent the fields of one map alike, and put text that contains ": " in quotes',
  ],
};
