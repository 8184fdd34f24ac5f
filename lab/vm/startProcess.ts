import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

/** How the process of a machine is started. */
export interface ProcessOptions {
  readonly cwd: string;
  /** File for its stdout and stderr, written anew. */
  readonly log: string;
  /** Whether it is killed when this program ends, even if this program is killed: PR_SET_PDEATHSIG in prctl(2). */
  readonly endsWithUs: boolean;
  /** More of its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A process in the background. */
export interface BackgroundProcess {
  /** Undefined if the program could not be started. */
  readonly pid: number | undefined;
  readonly hasEnded: () => boolean;
}

/** Starts a program in the background, which does not keep this one running. */
export function startProcess(
  command: string,
  args: readonly string[],
  { cwd, log, endsWithUs, env }: ProcessOptions,
): BackgroundProcess {
  const output = openSync(log, "w");
  const prefixed = ["--pdeathsig", "KILL", command, ...args];
  const child = spawn(endsWithUs ? "setpriv" : command, endsWithUs ? prefixed : args, {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  child.unref();
  let ended = false;
  const gone = () => {
    ended = true;
  };
  child.on("exit", gone).on("error", gone);
  return { pid: child.pid, hasEnded: () => ended };
}
