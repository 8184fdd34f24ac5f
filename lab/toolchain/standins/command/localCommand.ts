import { spawn } from "node:child_process";
import { commandResource, type CommandRun } from "./commandResource";
import { Capture } from "./capture";
import { previousOutput, userVariables } from "./environment";
import { goQuote } from "./goQuote";
import { COMMAND_KINDS, shapeFailures, type Shape } from "./inputs";
import { loggingFailures } from "./logging";

const SHAPE: Shape = {
  kinds: { ...COMMAND_KINDS, dir: "string", interpreter: "stringList" },
  secrets: [],
  required: [],
};

const DEFAULT_INTERPRETER = ["/bin/sh", "-c"];

/** `command:local:Command`: a shell command on this machine. Of the official inputs, archivePaths and assetPaths are refused. */
export const localCommand = commandResource({
  check: (news) => ({ inputs: news, failures: [...shapeFailures(SHAPE, "", news), ...loggingFailures(news)] }),

  async run(run) {
    const capture = new Capture(run.context.log, run.inputs.logging);
    const failure = await execute(run, capture);
    capture.end();
    if (failure !== undefined) throw new Error(`${failure}: running ${goQuote(run.command)}:\n${capture.all()}`);
    return capture.output();
  },
});

function execute(run: CommandRun, capture: Capture): Promise<string | undefined> {
  const { inputs } = run;
  const [program = "/bin/sh", ...flags] = Array.isArray(inputs.interpreter)
    ? inputs.interpreter.map(String)
    : DEFAULT_INTERPRETER;
  return new Promise((resolve) => {
    const child = spawn(program, [...flags, run.command], {
      ...(typeof inputs.dir === "string" ? { cwd: inputs.dir } : {}),
      env: { ...process.env, ...userVariables(run), ...previousOutput(run) },
    });
    child.stdout.on("data", (chunk: Buffer) => {
      capture.write("stdout", chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      capture.write("stderr", chunk);
    });
    child.once("error", (error) => {
      resolve(error.message);
    });
    child.once("close", (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(code === null ? `signal: ${signal ?? "unknown"}` : `exit status ${code}`);
    });
    // A command need not read its stdin.
    child.stdin.on("error", () => undefined);
    child.stdin.end(typeof inputs.stdin === "string" ? inputs.stdin : "");
  });
}
