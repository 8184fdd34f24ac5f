import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { SshNode } from "../ssh/target";
import type { HostGate } from "./hostGate";

/** A host to run commands on. */
export interface Host {
  readonly node: SshNode;
  readonly connection: command.types.input.remote.ConnectionArgs;
  readonly gate: HostGate;
}

export interface HostCommandArgs {
  readonly host: Host;
  /** Shell command, run as root. It stands in the state, in previews and in errors: never a secret in it. */
  readonly run: string;
  /** Comment lines after the command, of the node's last repair: the command runs again whenever they change. */
  readonly lastRepair: pulumi.Input<string>;
  /** Handed to the command on stdin, which it must read to the end (else the provider may report EOF though the command ran). */
  readonly stdin: pulumi.Input<string>;
  /** Shell command for the removal of the resource, run as root. None: nothing is done. */
  readonly remove?: string;
  /** The command is ended after this many seconds, for the provider itself waits for ever. */
  readonly timeoutSeconds: number;
  /** What else happens before an update, once the host is known to answer. */
  readonly hooks?: Pick<pulumi.ResourceHookBinding, "beforeUpdate"> | undefined;
}

/**
 * The only way to a host: a `remote.Command` with everything set that is unsafe by default. Host keys are checked; output is neither streamed to
 * the terminal nor kept in plain; the environment carries nothing; there are no triggers, because they replace, and a replacement runs the
 * old removal after the new creation. The host is probed before each run: the provider would wait for ever for one that accepts TCP and says nothing.
 */
export function hostCommand(
  name: string,
  { host, run, lastRepair, stdin, remove, timeoutSeconds, hooks }: HostCommandArgs,
  opts: pulumi.CustomResourceOptions,
): command.remote.Command {
  return new command.remote.Command(
    name,
    {
      connection: host.connection,
      create: pulumi.interpolate`${asRoot(host, `timeout ${timeoutSeconds} ${run}`)}${lastRepair}`,
      ...(remove === undefined ? {} : { delete: asRoot(host, `timeout ${timeoutSeconds} ${remove}`) }),
      stdin,
      logging: command.remote.Logging.None,
      addPreviousOutputInEnv: false,
    },
    {
      ...opts,
      additionalSecretOutputs: ["stdout", "stderr"],
      hooks: {
        ...host.gate.hooks,
        beforeUpdate: [...(host.gate.hooks.beforeUpdate ?? []), ...(hooks?.beforeUpdate ?? [])],
        ...(remove === undefined ? {} : host.gate.removalHooks),
      },
    },
  );
}

/** The login is root's, or that of a user who may sudo without a password. */
function asRoot({ node }: Host, line: string): string {
  return node.ssh.user === "root" ? line : `sudo -n ${line}`;
}
