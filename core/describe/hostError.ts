import { plainText } from "./plainText";

/** What a host's script said of its failure, out of all that its command printed. Without a line of a script of ours, the last lines of it all. */
export function hostError(text: string): string {
  const lines = plainText(text)
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
  const first = lines.findIndex((line) => line.startsWith(spoken));
  const said = first === -1 ? lines.slice(-mostUnspoken) : shortened(lines.slice(first));
  return withoutPrefix(said.join("\n"));
}

/** All that a host's script said, as a person would. */
export function withoutPrefix(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(spoken, ""))
    .join("\n");
}

/** Of what a program printed that a script quotes, the end says most. */
function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= mostSpoken) return lines;
  return [...lines.slice(0, mostSpoken / 2), "...", ...lines.slice(-mostSpoken / 2)];
}

/** How each message of a script begins (host/prelude.sh, fail). */
const spoken = "fullmesh: ";

/** More stands in the error of the command. */
const mostSpoken = 10;
const mostUnspoken = 3;
