import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** Why a node's commands are to run again though their inputs are what they were. */
export interface Repair {
  /** When that was found out, ISO 8601 in UTC: it tells this repair from the last one for the same reasons. */
  readonly at: string;
  /** What is to be mended, in words. They may be of a host that a person has changed, and go into a shell command: `commentLines` sees to that. */
  readonly reasons: readonly string[];
}

const maxReasons = 20;
const maxReasonLength = 160;

/** A repair as lines of shell comment, to be put after a command. */
export function commentLines({ at, reasons }: Repair): string {
  const shown = reasons.slice(0, maxReasons);
  const more = reasons.length - shown.length;
  return [`repair ${at}`, ...shown, ...(more > 0 ? [`and ${more} more`] : [])]
    .map((line) => `\n# ${harmless(line)}`)
    .join("");
}

/** Letters, digits and what paths and names need; nothing that a shell could take for anything. */
function harmless(text: string): string {
  return text.replace(/[^\w ./:,;@+=%()[\]-]/g, "?").slice(0, maxReasonLength);
}

/**
 * The comment lines of the node's last repair, or of the one that is due, which changes them and so has the engine run the commands that end with them again. The
 * engine remembers them as the environment of a command that does nothing: an input of theirs that is told to ignore changes would keep the whole line, and run it
 * long after the line itself had to change.
 */
export function lastRepair(
  node: string,
  due: Repair | undefined,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const lines = due === undefined ? "" : commentLines(due);
  const memory = new command.local.Command(
    `${node}-repair`,
    { environment: { LAST: lines }, logging: command.local.Logging.None, addPreviousOutputInEnv: false },
    { ...opts, ignoreChanges: due === undefined ? ["environment"] : [] },
  );
  return due === undefined ? memory.environment.apply((environment) => environment?.LAST ?? "") : pulumi.output(lines);
}
