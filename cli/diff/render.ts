import type { Colors } from "picocolors/types";
import { renderMermaid } from "../../core/picture/mermaid";
import { maxChangedLinks, type DifferencePicture } from "../../core/picture/ofDifference";
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

/** For a pull request: GitHub and GitLab draw a fence of mermaid. */
export function renderMarkdown(heading: string, picture: DifferencePicture, sections: readonly Section[]): string {
  const parts = sections.map(({ title, lines }) => [
    `**${title}**`,
    "",
    ...lines.map((line) => `- ${markdownLine(line)}`),
  ]);
  return [heading, ...drawn(picture), ...parts.map((part) => part.join("\n"))].join("\n\n");
}

function drawn(found: DifferencePicture): readonly string[] {
  switch (found.kind) {
    case "nothing":
      return [];
    case "tooMany":
      return [`No picture: ${found.links} links join, leave or blink, and more than ${maxChangedLinks} are a tangle.`];
    case "picture":
      return [`\`\`\`mermaid\n${renderMermaid(found.picture)}\n\`\`\``];
  }
}

function markdownLine({ mark, subject, text }: Line): string {
  const code = (what: string): string => `\`${what}\``;
  return [mark === " " ? "" : code(mark), subject === "" ? "" : code(subject), text]
    .filter((part) => part !== "")
    .join(" ");
}
