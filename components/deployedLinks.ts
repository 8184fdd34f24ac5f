import type { HalfDigests } from "../core/diff/blast";
import { linesOf } from "./lastOutputs";

/** The stack output that the digests of the links' halves are in. */
export const deployedLinksOutput = "deployedLinks";

/** A line `DIGEST NAME` a half. */
export function linkLines(halves: HalfDigests): readonly string[] {
  return [...halves].map(([name, digest]) => `${digest} ${name}`);
}

/** The halves of links as this stack's deploys left them. */
export function deployedLinks(outputs: Readonly<Record<string, unknown>>): HalfDigests {
  return new Map(
    linesOf(outputs, deployedLinksOutput).map((line): [string, string] => [
      line.slice(line.indexOf(" ") + 1),
      line.slice(0, line.indexOf(" ")),
    ]),
  );
}
