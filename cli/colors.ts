import pc from "picocolors";
import type { Colors } from "picocolors/types";

/** Colours for stdout: only on a terminal, and not where NO_COLOR is set (no-color.org), whatever else the environment says of itself. */
export function stdoutColors(): Colors {
  // Said as a plain boolean: for `undefined`, which isTTY is of a pipe, picocolors would look at CI and FORCE_COLOR.
  return pc.createColors(process.stdout.isTTY ? process.env.NO_COLOR === undefined : false);
}
