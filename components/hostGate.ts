import * as pulumi from "@pulumi/pulumi";
import type { ProbeResult } from "../ssh/probe";
import { formatTarget, type SshNode } from "../ssh/target";

/** Looks whether a host can be worked on, in bounded time. */
export type Probe = (node: SshNode) => Promise<ProbeResult>;

/**
 * What stands before all hosts of a mesh: a command gets through to a host only if that was found to answer, for the provider waits for ever for one that takes
 * TCP and says nothing. It also notes on which hosts the work of this run did not end well.
 *
 * It goes by what a command's inputs say of the host, for a node that leaves is known to the state alone.
 */
export class HostGate {
  /** For each command. They run only where there is something to do. */
  readonly hooks: pulumi.ResourceHookBinding;
  /** Besides, for a command that has a removal. Then `pulumi destroy` wants --run-program, to have the hook. */
  readonly removalHooks: pulumi.ResourceHookBinding;
  private readonly probed = new Map<string, Promise<ProbeResult>>();
  private readonly unfinished = new Set<string>();

  constructor(private readonly probe: Probe) {
    const enter = new pulumi.ResourceHook("host answers", async (args) => this.enter(await hostOf(args)));
    const leave = new pulumi.ResourceHook("work on the host is done", async (args) => {
      this.unfinished.delete(formatTarget(await hostOf(args)));
    });
    const remove = new pulumi.ResourceHook("host to be left answers", (args) => this.remove(args));
    this.hooks = { beforeCreate: [enter], beforeUpdate: [enter], afterCreate: [leave], afterUpdate: [leave] };
    this.removalHooks = { beforeDelete: [remove] };
  }

  /** Whether a command on the host was begun in this run and did not end well: its commands come one after the other, and none after one that failed. */
  failed(node: SshNode): boolean {
    return this.unfinished.has(formatTarget(node));
  }

  private async enter(node: SshNode): Promise<void> {
    this.unfinished.add(formatTarget(node));
    const result = await this.probeOnce(node);
    if (!result.ok) throw new Error(result.message);
  }

  private async remove(args: pulumi.ResourceHookArgs): Promise<void> {
    const node = await hostOf(args);
    const result = await this.probeOnce(node);
    if (result.ok) return;
    throw new Error(
      `${result.message}\n    The mesh is still on ${node.name}. If the host is gone for good, give it up: pulumi state delete --target-dependents '${args.urn}'`,
    );
  }

  private probeOnce(node: SshNode): Promise<ProbeResult> {
    const target = formatTarget(node);
    const known = this.probed.get(target) ?? this.probe(node);
    this.probed.set(target, known);
    return known;
  }
}

/** The host of a command, by what it is or was given, which is a secret to the engine; the command is named for the node and what it does. */
function hostOf({ name, newInputs, oldInputs }: pulumi.ResourceHookArgs): Promise<SshNode> {
  const connection = pulumi.output((newInputs ?? oldInputs)?.connection as pulumi.Input<SshNode["ssh"]>);
  return new Promise((resolve) => {
    connection.apply((value) => {
      // The SDK (3.248.0) unwraps a secret, but not the secrets in it.
      const { host, port, user } = pulumi.runtime.unwrapRpcSecret(value) as SshNode["ssh"];
      resolve({ name: name.replace(/-[^-]*$/, ""), ssh: { host, port, user } });
    });
  });
}
