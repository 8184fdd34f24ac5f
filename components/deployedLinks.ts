import type { LinkDigests } from "../core/diff/blast";
import { linkKeyVersion } from "../core/plan/linkKey";
import { linesOf } from "./lastOutputs";

/** The stack output that the digests of the deployed connections are in. */
export const deployedLinksOutput = "deployedLinks";

/** A line `VERSION DIGEST NAME` a connection. */
export function linkLines(digests: LinkDigests): readonly string[] {
  return [...digests].map(([name, digest]) => `${linkKeyVersion} ${digest} ${name}`);
}

/** The connections as this stack's deploys left them. One whose digest is of another version, or of none, is not known: it cannot be compared. */
export function deployedLinks(outputs: Readonly<Record<string, unknown>>): LinkDigests {
  return new Map(
    linesOf(outputs, deployedLinksOutput).flatMap((line): [string, string][] => {
      const [version, digest, name] = line.split(" ");
      const isComparable = version === String(linkKeyVersion) && digest !== undefined && name !== undefined;
      return isComparable ? [[name, digest]] : [];
    }),
  );
}
