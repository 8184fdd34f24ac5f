/** Runs one command on a host. Unlike the official provider, it closes its connection afterwards. */
import type { Client, ClientChannel } from "ssh2";
import { Capture } from "./capture";
import type { CommandOutput, CommandRun } from "./commandResource";
import type { Connection } from "./connection";
import { dialSsh } from "./dial";
import { remoteEnvironment } from "./environment";
import { goQuote } from "./goQuote";

/** Numbers that Go's SSH library adds to 128 for a command ended by a signal. */
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  ABRT: 6,
  FPE: 8,
  KILL: 9,
  SEGV: 11,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
};

/**
 * Dials, runs and hangs up.
 *
 * @throws When the dial fails, or the command ends with anything but exit status 0. The message then has the whole command and its output.
 */
export async function runOverSsh(run: CommandRun, connection: Connection): Promise<CommandOutput> {
  const client = await dialSsh(connection, run.context);
  try {
    const environment = await remoteEnvironment(client, run);
    const capture = new Capture(run.context.log, run.inputs.logging);
    const failure = await execute(client, run, environment, capture);
    capture.end();
    if (failure !== undefined) throw new Error(`${failure}: running ${goQuote(run.command)}:\n${capture.all()}`);
    return capture.output();
  } finally {
    client.end();
  }
}

function stdinOf({ inputs }: CommandRun): string {
  const stdin = inputs.stdin;
  return typeof stdin === "string" ? stdin : "";
}

/** Runs the command to its end; returns what went wrong, if anything did. */
function execute(
  client: Client,
  run: CommandRun,
  env: Record<string, string>,
  capture: Capture,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    client.exec(run.command, Object.keys(env).length > 0 ? { env } : {}, (error, channel) => {
      if (error) reject(error);
      // At once: the exit status of a quick command is in the same packet as the answer to `exec`.
      else follow(channel, stdinOf(run), capture, resolve);
    });
  });
}

function follow(
  channel: ClientChannel,
  stdin: string,
  capture: Capture,
  ended: (failure: string | undefined) => void,
): void {
  let failure: string | undefined = "wait: remote command exited without exit status or exit signal";
  channel.on("data", (chunk: Buffer) => {
    capture.write("stdout", chunk);
  });
  channel.stderr.on("data", (chunk: Buffer) => {
    capture.write("stderr", chunk);
  });
  channel.on("exit", (code: number | null, signal?: string, _coreDumped?: boolean, description?: string) => {
    failure = exitFailure(code, signal, description);
  });
  // A command that ends without reading its stdin has not failed: only its exit status counts.
  channel.on("error", () => undefined);
  channel.on("close", () => {
    ended(failure);
  });
  channel.end(stdin);
}

function exitFailure(
  code: number | null,
  signal: string | undefined,
  description: string | undefined,
): string | undefined {
  if (code === 0) return undefined;
  if (code !== null) return `Process exited with status ${code}`;
  const name = (signal ?? "").replace(/^SIG/, "");
  const status = 128 + (SIGNAL_NUMBERS[name] ?? 0);
  const reason = description ? `. Reason was: ${description}` : "";
  return `Process exited with status ${status} from signal ${name}${reason}`;
}
