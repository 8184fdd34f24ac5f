import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** How a program is run. */
export interface RunOptions {
  /** The program and all it started are ended after this time. */
  readonly timeoutSeconds: number;
  readonly cwd?: string;
  /** Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** File to read stdin from; default: empty. */
  readonly stdinFile?: string;
  /** File to write stdout to; default: returned. */
  readonly stdoutFile?: string;
  /** Called with each line of stderr. */
  readonly onLine?: (line: string) => void;
  /** Ends the program early. */
  readonly signal?: AbortSignal | undefined;
}

/** Time between asking a program to end, so that it can clean up, and ending it by force. */
const graceSeconds = 10;

/**
 * Runs a program to its end and returns its stdout.
 * @throws with the end of its output if it fails, takes too long, or is not there.
 */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  options.signal?.throwIfAborted();
  const stdin = options.stdinFile === undefined ? "ignore" : openSync(options.stdinFile, "r");
  const stdout = options.stdoutFile === undefined ? "pipe" : openSync(options.stdoutFile, "w", 0o600);
  // A process group of its own, so that it can be ended with all that it started.
  const child = spawn(command, args, {
    stdio: [stdin, stdout, "pipe"],
    detached: true,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: options.env ?? process.env,
  });
  for (const descriptor of [stdin, stdout]) if (typeof descriptor === "number") closeSync(descriptor);

  const output: string[] = [];
  child.stdout?.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  const last: string[] = [];
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on("line", (line) => {
      last.push(line);
      if (last.length > 20) last.shift();
      options.onLine?.(line);
    });
  }

  const end = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // It has ended by itself.
    }
  };
  let why = "";
  let force: NodeJS.Timeout | undefined;
  const stop = (reason: string) => {
    why = reason;
    end("SIGTERM");
    force = setTimeout(() => {
      end("SIGKILL");
    }, graceSeconds * 1000);
  };
  const limit = setTimeout(() => {
    stop(`took longer than ${options.timeoutSeconds} s`);
  }, options.timeoutSeconds * 1000);
  const abort = () => {
    stop("interrupted");
  };
  options.signal?.addEventListener("abort", abort);
  try {
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    if (code === 0 && why === "") return output.join("");
    options.signal?.throwIfAborted();
    why ||= code === null ? `was ended by ${signal ?? "a signal"}` : `failed with exit code ${code}`;
    const said = last.length > 0 ? last : output.join("").trimEnd().split("\n").slice(-20);
    throw new Error([`${command} ${why}`, ...said].join("\n  "));
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT") {
      throw new Error(`${command} is not installed`, { cause: error });
    }
    throw error;
  } finally {
    clearTimeout(limit);
    clearTimeout(force);
    options.signal?.removeEventListener("abort", abort);
  }
}
