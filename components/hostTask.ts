import * as pulumi from "@pulumi/pulumi";
import type { SshServer, SshTarget } from "../core/registry/registry";
import type { SshNode } from "../ssh/target";

/** What a command is to do on its host, as the engine remembers it. */
export interface HostTask {
  readonly node: SshNode;
  /** Shell command, run as root; undefined in what a version before this kind of record left. */
  readonly run: string | undefined;
  /** Shell command for the removal of the resource, run as root; undefined where nothing is to be done. */
  readonly remove: string | undefined;
  /** Each of them is ended after this many seconds. */
  readonly timeoutSeconds: number;
  /** Handed to `run`. Secrets go to a host by this alone. */
  readonly stdin: string;
}

/** A task as the environment of a `remote.Command`, which holds it, and runs no command of its own in it. */
export interface TaskRecord {
  readonly RUN: pulumi.Input<string>;
  readonly REMOVE?: string;
  readonly SECONDS: string;
  /** The bastions before the host, in JSON. Not in the connection, which takes one at most, and is dialled by nobody. */
  readonly JUMP?: string;
}

/** The bastions before a host as a record has them; nothing where there are none. */
export function jumpRecord({ ssh: { jump } }: SshNode): Pick<TaskRecord, "JUMP"> {
  return jump === undefined ? {} : { JUMP: JSON.stringify(jump) };
}

function jumpOf(environment: CommandInputs["environment"]): Pick<SshTarget, "jump"> {
  return environment?.JUMP === undefined ? {} : { jump: JSON.parse(environment.JUMP) as readonly SshServer[] };
}

/** The task of a command, by its new inputs or, where it is removed, by its old ones. */
export function taskOf({ name, newInputs, oldInputs }: pulumi.ResourceHookArgs): Promise<HostTask> {
  return new Promise((resolve) => {
    pulumi.output(newInputs ?? oldInputs ?? {}).apply((inputs) => {
      const { connection, environment, stdin } = inputs as CommandInputs;
      // The SDK (3.248.0) unwraps a secret, but not the secrets in it.
      const { host, port, user } = pulumi.runtime.unwrapRpcSecret(connection) as SshNode["ssh"];
      resolve({
        node: { name: partsOf(name).node, ssh: { host, port, user, ...jumpOf(environment) } },
        run: environment?.RUN,
        remove: environment?.REMOVE,
        timeoutSeconds: Number(environment?.SECONDS),
        stdin: stdin ?? "",
      });
    });
  });
}

/** A command is named for the node and what it does. */
export function partsOf(command: string): { readonly node: string; readonly step: string } {
  const dash = command.lastIndexOf("-");
  return { node: command.slice(0, dash), step: command.slice(dash + 1) };
}

interface CommandInputs {
  readonly connection: unknown;
  readonly environment?: Partial<Readonly<Record<keyof TaskRecord, string>>>;
  readonly stdin?: string;
}
