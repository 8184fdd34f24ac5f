/** Environment variables for a remote command, which sshd accepts only where its AcceptEnv says so. */
import type { Client } from "ssh2";
import type { ResourceLog } from "../plugin/engineLog";
import type { CommandRun } from "./commandResource";

/** Names the official provider gives to the output of the create or update before. */
export const PREVIOUS_STDOUT = "PULUMI_COMMAND_STDOUT";
export const PREVIOUS_STDERR = "PULUMI_COMMAND_STDERR";

/** ssh2's `sftp` takes variables too, which its types do not say. */
interface SftpWithEnvironment {
  sftp(environment: Record<string, string>, callback: (error?: Error, sftp?: { end(): void }) => void): void;
}

/**
 * The variables to run a command with: all that the user asked for, and the previous output where the host accepts it.
 *
 * @throws When the host refuses a variable that the user asked for.
 */
export async function remoteEnvironment(client: Client, run: CommandRun): Promise<Record<string, string>> {
  const accepted: Record<string, string> = {};
  for (const [name, value] of Object.entries(userVariables(run))) {
    if (!(await accepts(client, name, value))) {
      run.context.log.error(refusal(name));
      throw new Error(`could not set environment variable ${JSON.stringify(name)}: ssh: setenv failed`);
    }
    accepted[name] = value;
  }
  for (const [name, value] of Object.entries(previousOutput(run))) {
    if (await accepts(client, name, value)) accepted[name] = value;
    else warnOfRefusal(run.context.log, name);
  }
  return accepted;
}

/** The `environment` input. */
export function userVariables(run: CommandRun): Record<string, string> {
  return (run.inputs.environment ?? {}) as Record<string, string>;
}

/** The output of the create or update before, unless it is empty or `addPreviousOutputInEnv` is false. */
export function previousOutput({ inputs, previous }: CommandRun): Record<string, string> {
  if (inputs.addPreviousOutputInEnv === false) return {};
  return {
    ...(previous.stdout === "" ? {} : { [PREVIOUS_STDOUT]: previous.stdout }),
    ...(previous.stderr === "" ? {} : { [PREVIOUS_STDERR]: previous.stderr }),
  };
}

/** Whether the host accepts a variable. `exec` of ssh2 does not wait for sshd's answer to one, but `sftp` does. */
function accepts(client: Client, name: string, value: string): Promise<boolean> {
  return new Promise((resolve) => {
    (client as unknown as SftpWithEnvironment).sftp({ [name]: value }, (error, sftp) => {
      sftp?.end();
      resolve(error?.message !== "Unable to set environment");
    });
  });
}

function warnOfRefusal(log: ResourceLog, name: string): void {
  log.warning(refusal(name));
}

function refusal(name: string): string {
  return (
    `Unable to set '${name}'. This only works if your SSH server is configured to accept\n` +
    "\tthese variables via AcceptEnv. Alternatively, if a Bash-like shell runs the command on the remote host, you could\n" +
    "\tprefix the command itself with the variables in the form 'VAR=value command'"
  );
}
