import { spawn } from "node:child_process";

/** How to run a program. */
export interface CommandOptions {
  readonly cwd?: string;
  /** Merged over this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

/**
 * Runs a program to its end and returns its stdout.
 *
 * @throws When it cannot be started, fails, or takes longer than the time limit, which ends it. The message has the end of its stderr.
 */
export function command(program: string, args: readonly string[], options: CommandOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    // Not spawn's own `timeout`: that one goes on, and keeps Node alive, when the program cannot be started.
    const timer = setTimeout(() => child.kill("SIGKILL"), options.timeoutSeconds * 1000);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) {
        resolve(stdout);
        return;
      }
      const how = signal === null ? `exit status ${code ?? "unknown"}` : `${signal} after ${options.timeoutSeconds} s`;
      reject(new Error(`${[program, ...args].join(" ")}: ${how}\n${lastLines(stderr || stdout)}`));
    });
  });
}

const ERROR_LINES = 20;

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-ERROR_LINES).join("\n");
}
