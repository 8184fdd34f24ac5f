/**
 * What a host's script said of its failure, out of the provider's error text: the command that ran stands first in that, and the script's own words after it.
 * Without a line of a script of ours, the last lines of it all.
 */
export function hostError(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
  const first = lines.findIndex((line) => line.startsWith(spoken));
  const said = first === -1 ? lines.slice(-mostUnspoken) : lines.slice(first, first + mostSpoken);
  return said.map((line) => line.replace(spoken, "")).join("\n");
}

/** How each message of a script begins (host/prelude.sh, fail). */
const spoken = "fullmesh: ";

/** More stands in the error of the command. */
const mostSpoken = 8;
const mostUnspoken = 3;
