import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { serverOf, type SshNode } from "../ssh/target";
import type { HostGate } from "./hostGate";
import { jumpRecord, type TaskRecord } from "./hostTask";
import type { HostWork } from "./hostWork";

/** A host to run commands on. */
export interface Host {
  readonly node: SshNode;
  readonly gate: HostGate;
  readonly work: HostWork;
}

export interface HostCommandArgs {
  readonly host: Host;
  /** Shell command, run as root. It stands in the state, in previews and in errors: never a secret in it. */
  readonly run: string;
  /** Comment lines after the command, of the node's last repair: the command runs again whenever they change. */
  readonly lastRepair: pulumi.Input<string>;
  /** Handed to the command on stdin. */
  readonly stdin: pulumi.Input<string>;
  /** Shell command for the removal of the resource, run as root. None: nothing is done. */
  readonly remove?: string;
  /** The command is ended after this many seconds. */
  readonly timeoutSeconds: number;
  /** What else happens before an update, once the host is known to answer. */
  readonly hooks?: Pick<pulumi.ResourceHookBinding, "beforeUpdate"> | undefined;
}

/**
 * The only way to a host: a `remote.Command` that remembers what was done there, and runs again where that changes. It has no command of its own, so the provider
 * reaches no host: hooks do, before it is noted, over connections that check host keys and end in time. There are no triggers, because they replace, and a
 * replacement runs the old removal after the new creation.
 */
export function hostCommand(
  name: string,
  { host, run, lastRepair, stdin, remove, timeoutSeconds, hooks }: HostCommandArgs,
  opts: pulumi.CustomResourceOptions,
): command.remote.Command {
  const { gate, work, node } = host;
  const task: TaskRecord = {
    RUN: pulumi.interpolate`${run}${lastRepair}`,
    ...(remove === undefined ? {} : { REMOVE: remove }),
    SECONDS: String(timeoutSeconds),
    ...jumpRecord(node),
  };
  return new command.remote.Command(
    name,
    {
      connection: serverOf(node),
      environment: { ...task },
      stdin,
      logging: command.remote.Logging.None,
      addPreviousOutputInEnv: false,
    },
    {
      ...opts,
      additionalSecretOutputs: ["stdout", "stderr"],
      hooks: {
        beforeCreate: [gate.enter, work.run],
        beforeUpdate: [gate.enter, ...(hooks?.beforeUpdate ?? []), work.run],
        // Where there is one, `pulumi destroy` wants --run-program, to have the hooks.
        ...(remove === undefined ? {} : { beforeDelete: [gate.leave, work.remove] }),
      },
    },
  );
}
