import type { Colors } from "picocolors/types";
import type { Line, Section } from "./sections";

/** For a terminal. */
export function renderText(heading: string, sections: readonly Section[], colors: Colors): string {
  const parts = sections.map(({ title, lines }) => [
    colors.bold(title),
    ...lines.map((line) => `  ${lineText(line, colors)}`),
  ]);
  return [heading, ...parts.map((part) => part.join("\n"))].join("\n\n");
}

function lineText({ mark, subject, text }: Line, colors: Colors): string {
  const paint = { "+": colors.green, "-": colors.red, "~": colors.yellow, " ": (same: string) => same }[mark];
  return paint([mark === " " ? "" : mark, subject, text].filter((part) => part !== "").join("  "));
}

/** For a pull request. */
export function renderMarkdown(heading: string, sections: readonly Section[]): string {
  const parts = sections.map(({ title, lines }) => [
    `**${title}**`,
    "",
    ...lines.map((line) => `- ${markdownLine(line)}`),
  ]);
  return [heading, ...parts.map((part) => part.join("\n"))].join("\n\n");
}

function markdownLine({ mark, subject, text }: Line): string {
  const code = (what: string): string => `\`${what}\``;
  return [mark === " " ? "" : code(mark), subject === "" ? "" : code(subject), text]
    .filter((part) => part !== "")
    .join(" ");
}
