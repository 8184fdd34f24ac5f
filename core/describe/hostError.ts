import { plainText } from "./plainText";
import { shortText } from "./shortText";

/**
 * What a host's script said of its failure, out of all that its command printed. Without a line of a script of ours, the last lines of it all.
 *
 * @param maxLines of a script that may have much to say; more say nothing more, or come from a hostile host
 */
export function hostError(text: string, maxLines = mostSpoken): string {
  const lines = plainText(text)
    .split("\n")
    .map((line) => shortText(line.trimEnd(), maxCharacters))
    .filter((line) => line !== "");
  const first = lines.findIndex((line) => line.startsWith(spoken));
  const said = first === -1 ? lines.slice(-mostUnspoken) : shortened(lines.slice(first), maxLines);
  return withoutPrefix(said.join("\n"));
}

/** As a person would say it. */
function withoutPrefix(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(spoken, ""))
    .join("\n");
}

/** Of what a program printed that a script quotes, the end says most. */
function shortened(lines: readonly string[], maxLines: number): readonly string[] {
  if (lines.length <= maxLines) return lines;
  return [...lines.slice(0, maxLines / 2), "...", ...lines.slice(-maxLines / 2)];
}

/** How each message of a script begins (host/prelude.sh, fail). */
const spoken = "fullmesh: ";

/** More stands in the error of the command. */
const mostSpoken = 10;
const mostUnspoken = 3;

/** Of each line. */
const maxCharacters = 1000;
