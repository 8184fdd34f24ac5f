import { existsSync, readFileSync } from "node:fs";
import { stuckAfter } from "./wait";

/** Of a machine that boots: a host reports what it does every few seconds, and is stuck when it has not for so long, however busy this computer is. */
const silentSeconds = 300;

/**
 * Waits until the guest's script lab-hosts (guest/vm/usr/local/sbin) reports on the console that all hosts have booted.
 *
 * @param running says whether the machine still runs
 * @throws with the end of the console, if the machine ends, a unit fails or nothing is reported any more
 */
export async function booted(
  consoleFile: string,
  running: () => boolean,
  note: (doing: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const text = () => (existsSync(consoleFile) ? readFileSync(consoleFile, "utf8") : "");
  const fail = (why: string): never => {
    const tail = text().trimEnd().split("\n").slice(-30).join("\n  ");
    throw new Error(`the hosts did not boot: ${why}; the VM's console:\n  ${tail}`);
  };
  const probe = () => {
    const reports = [...text().matchAll(/^lab: (.*?)\r?$/gm)].map((match) => match[1] ?? "");
    const failed = reports.find((report) => report.startsWith("failed"));
    if (failed !== undefined) return fail(failed);
    const last = reports.at(-1) ?? "the VM boots";
    note(last);
    if (last === "ready") return { done: true } as const;
    return running() ? { did: `${reports.length} ${last}` } : fail("the machine ended");
  };
  const stuck = await stuckAfter(silentSeconds, 0.2, probe, signal);
  if (stuck !== undefined) fail(`nothing was reported for ${silentSeconds} s after: ${stuck}`);
}
