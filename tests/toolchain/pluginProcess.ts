/** Drives a stand-in as the engine does: starts its process, reads its port, calls it over gRPC. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogSeverity, type LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { unary } from "../../lab/toolchain/standins/plugin/unary";

/** A line that a plugin sent to the engine. */
export interface LoggedLine {
  readonly severity: "debug" | "info" | "warning" | "error";
  readonly message: string;
  readonly ephemeral: boolean;
}

/** A running plugin, and the engine that it talks to. */
export interface PluginProcess {
  readonly address: string;
  readonly logged: LoggedLine[];
  /** All that the plugin wrote to stdout and stderr, the port included. */
  output(): string;
  /** Sends a signal and waits for the end. */
  stop(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null; milliseconds: number }>;
}

/** Starts a plugin's executable in a directory. */
export async function startPlugin(executable: string, cwd: string, env = process.env): Promise<PluginProcess> {
  const logged: LoggedLine[] = [];
  const engine = await startEngine(logged);
  const child = spawn(executable, [engine.address], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const line = /^(\d+)\n/.exec(output);
      if (line?.[1] !== undefined) resolve(line[1]);
    });
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.once("error", reject);
    child.once("exit", (code) => {
      reject(new Error(`${executable} ended with status ${String(code)} and without a port:\n${output}`));
    });
  });
  return {
    address: `127.0.0.1:${port}`,
    logged,
    output: () => output,
    stop: async (signal) => {
      const end = await stopChild(child, signal);
      engine.server.forceShutdown();
      return end;
    },
  };
}

function stopChild(
  child: ChildProcess,
  signal: NodeJS.Signals,
): Promise<{ code: number | null; signal: NodeJS.Signals | null; milliseconds: number }> {
  const start = Date.now();
  return new Promise((resolve) => {
    const ended = (): void => {
      resolve({ code: child.exitCode, signal: child.signalCode, milliseconds: Date.now() - start });
    };
    if (child.exitCode !== null || child.signalCode !== null) ended();
    else child.once("exit", ended);
    child.kill(signal);
  });
}

async function startEngine(logged: LoggedLine[]): Promise<{ address: string; server: Server }> {
  const names = new Map<LogSeverity, LoggedLine["severity"]>([
    [LogSeverity.DEBUG, "debug"],
    [LogSeverity.INFO, "info"],
    [LogSeverity.WARNING, "warning"],
    [LogSeverity.ERROR, "error"],
  ]);
  const server = new Server();
  server.addService(EngineService, {
    log: unary((request: LogRequest) => {
      logged.push({
        severity: names.get(request.getSeverity()) ?? "debug",
        message: request.getMessage(),
        ephemeral: request.getEphemeral(),
      });
      return new Empty();
    }),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return { address: `127.0.0.1:${port}`, server };
}

/** True while a process runs. One that has ended, but whose parent does not ask for its status, runs no more. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** A directory that lives as long as the test file's tests. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), "fullmesh-toolchain-"));
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}
