import { spawn, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { RunResponse, type RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { programArguments, programEnvironment } from "./commandLine";

/** The runner has already told the user what went wrong (`nodeJSProcessExitedAfterLoggingUserActionableMessage` in cmd/run). */
const EXIT_AFTER_LOGGED_ERROR = 32;

/** Runs programs, and stops the one that runs. */
export class ProgramRunner {
  private running: ChildProcess | undefined;

  constructor(private readonly engineAddress: string) {}

  /** Runs one program to its end. Its stdout and stderr are this process's own, which the engine shows line by line. */
  async run(request: RunRequest): Promise<RunResponse> {
    const directory = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
    const program = spawn(
      process.execPath,
      programArguments(request, resolveRunModule(directory), this.engineAddress),
      {
        cwd: request.getPwd(),
        env: { ...process.env, ...programEnvironment(request) },
        stdio: ["ignore", "inherit", "inherit"],
      },
    );
    this.running = program;
    try {
      return await ended(program);
    } finally {
      this.running = undefined;
    }
  }

  /** Ends the running program, if any. */
  stop(): void {
    this.running?.kill("SIGKILL");
  }
}

function resolveRunModule(programDirectory: string): string {
  try {
    return createRequire(path.join(programDirectory, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    throw new Error(
      `the package @pulumi/pulumi is not installed in ${programDirectory} or above it: run \`npm install\` there first`,
    );
  }
}

function ended(program: ChildProcess): Promise<RunResponse> {
  return new Promise((resolve, reject) => {
    program.once("error", reject);
    program.once("exit", (code, signal) => {
      const response = new RunResponse();
      if (code === EXIT_AFTER_LOGGED_ERROR) response.setBail(true);
      else if (code !== 0) response.setError(exitMessage(code, signal));
      resolve(response);
    });
  });
}

function exitMessage(code: number | null, signal: NodeJS.Signals | null): string {
  return code === null
    ? `Program was ended by signal ${signal ?? "unknown"}`
    : `Program exited with non-zero exit code: ${code}`;
}
