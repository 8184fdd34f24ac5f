import { existsSync, readFileSync, rmSync } from "node:fs";
import { poll } from "./wait";

/** A process that a pid file names, as long as it is the one that the file's writer started. */
export function pidIn(file: string, isIt: (commandLine: readonly string[]) => boolean): number | undefined {
  if (!existsSync(file)) return undefined;
  const pid = Number.parseInt(readFileSync(file, "utf8"), 10);
  try {
    return isIt(readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Sends the signals in turn until the process has ended; then its pid file goes. Says whether it ran. */
export async function endProcess(
  pidFile: string,
  running: () => number | undefined,
  signals: readonly NodeJS.Signals[],
): Promise<boolean> {
  const pid = running();
  if (pid === undefined) return false;
  for (const signal of signals) {
    if (running() === pid) process.kill(pid, signal);
    if ((await poll(10, 0.05, () => (running() === pid ? undefined : true))) === true) break;
  }
  if (running() === pid) throw new Error(`the lab's machine, pid ${pid}, cannot be ended`);
  rmSync(pidFile, { force: true });
  return true;
}
