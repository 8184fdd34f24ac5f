import * as pulumi from "@pulumi/pulumi";
import type { NodeFailure } from "../core/describe/failures";
import { hostError } from "../core/describe/hostError";
import type { ProbeResult } from "../ssh/probe";
import { formatTarget, type SshNode } from "../ssh/target";
import { Progress } from "./progress";

/** Looks whether a host can be worked on, in bounded time. */
export type Probe = (node: SshNode) => Promise<ProbeResult>;

/**
 * What stands before all hosts of a mesh: a command gets through to a host only if that was found to answer, for the provider waits for ever for one that takes
 * TCP and says nothing; and, to be changed, only if it was found fit. It also notes on which hosts the work of this run did not end well, and why.
 *
 * It goes by what a command's inputs say of the host, for a node that leaves is known to the state alone.
 */
export class HostGate {
  /** For each command. They run only where there is something to do. */
  readonly hooks: pulumi.ResourceHookBinding;
  /** Besides, for a command that has a removal. Then `pulumi destroy` wants --run-program, to have the hook. */
  readonly removalHooks: pulumi.ResourceHookBinding;
  private readonly probed = new Map<string, Promise<ProbeResult>>();
  private readonly examined = new Map<string, Promise<ProbeResult>>();
  private readonly unfinished = new Set<string>();
  private readonly done = new Set<string>();
  private readonly reasons = new Map<string, NodeFailure>();
  private readonly distrusted = new Map<string, string>();
  private closed: Closure | undefined;

  /**
   * @param probe for a host that is to be left
   * @param preflight for one that is to be worked on
   * @param progress is told when a command begins and ends
   */
  constructor(
    private readonly probe: Probe,
    private readonly preflight: Probe,
    private readonly progress = new Progress(),
  ) {
    const enter = new pulumi.ResourceHook("host answers", (args) => this.enter(args));
    const leave = new pulumi.ResourceHook("work on the host is done", async (args) => {
      this.unfinished.delete(formatTarget(await hostOf(args)));
      this.done.add(args.name);
      this.progress.end(args.urn);
    });
    const fail = new pulumi.ErrorHook("work on the host failed", async (args) => {
      this.progress.end(args.urn);
      this.note(args.name, hostError(args.errors[0] ?? ""));
      // Not again in this run.
      return Promise.resolve(false);
    });
    const remove = new pulumi.ResourceHook("host to be left answers", (args) => this.remove(args));
    this.hooks = {
      beforeCreate: [enter],
      beforeUpdate: [enter],
      afterCreate: [leave],
      afterUpdate: [leave],
      onError: [fail],
    };
    this.removalHooks = { beforeDelete: [remove] };
  }

  /** Whether a command on the host was begun in this run and did not end well: its commands come one after the other, and none after one that failed. */
  failed(node: SshNode): boolean {
    const target = formatTarget(node);
    return this.unfinished.has(target) || this.distrusted.has(target);
  }

  /** Names of the nodes that were given their files in this run. */
  get applied(): ReadonlySet<string> {
    const steps = [...this.done].map(partsOf);
    return new Set(steps.filter(({ step }) => step === "apply").map(({ node }) => node));
  }

  /** What went wrong so far, the first failure of each host. */
  get failures(): readonly NodeFailure[] {
    return [...this.reasons.values()];
  }

  /**
   * From now on nobody gets through, neither to change a host nor to leave it.
   *
   * @param why for those who find it closed
   * @param sick what is wrong on which nodes, for which it was closed
   */
  close(why: string, sick: ReadonlyMap<string, string>): void {
    this.closed = { why, sick };
    for (const [node, reason] of sick) this.note(`${node}-links`, reason);
  }

  /** Whether it was closed in this run. */
  get isClosed(): boolean {
    return this.closed !== undefined;
  }

  /** Why a node is left as it is where the gate was closed in this run. */
  whyClosed({ name }: { readonly name: string }): string | undefined {
    if (this.closed === undefined) return undefined;
    const { why, sick } = this.closed;
    return sick.get(name) ?? `${name}: left as it was, for ${why}`;
  }

  /** From now on nothing is done on a host, for what it gave to a command cannot be. */
  distrust(node: SshNode, command: string, reason: string): void {
    this.distrusted.set(formatTarget(node), reason);
    this.note(command, reason);
  }

  /** Notes that a command cannot be run, and says so. */
  refuse(command: string, reason: string): Error {
    this.note(command, reason);
    return new Error(reason);
  }

  private async enter(args: pulumi.ResourceHookArgs): Promise<void> {
    const node = await hostOf(args);
    this.unfinished.add(formatTarget(node));
    const reason =
      this.distrusted.get(formatTarget(node)) ??
      (await this.refusal(node, () => once(this.examined, node, this.preflight)));
    if (reason !== undefined) throw this.refuse(args.name, reason);
    const { step } = partsOf(args.name);
    this.progress.begin(args.urn, node.name, step);
  }

  private async refusal(node: SshNode, look: () => Promise<ProbeResult>): Promise<string | undefined> {
    const closed = this.whyClosed(node);
    if (closed !== undefined) return closed;
    const result = await look();
    return result.ok ? undefined : result.message;
  }

  private async remove(args: pulumi.ResourceHookArgs): Promise<void> {
    const node = await hostOf(args);
    const reason = await this.refusal(node, () => once(this.probed, node, this.probe));
    if (reason === undefined) return;
    throw new Error(
      `${reason}\n    The mesh is still on ${node.name}. If the host will never come back, say so with its id in _retired.yaml: { id: ..., name: ${node.name}, gone: true }`,
    );
  }

  private note(command: string, reason: string): void {
    const { node, step } = partsOf(command);
    // What comes after the first is a consequence.
    if (!this.reasons.has(node)) this.reasons.set(node, { node, step, reason });
  }
}

/** What a look at a host found, at the first time that it is asked for. */
function once(known: Map<string, Promise<ProbeResult>>, node: SshNode, look: Probe): Promise<ProbeResult> {
  const target = formatTarget(node);
  const result = known.get(target) ?? look(node);
  known.set(target, result);
  return result;
}

interface Closure {
  readonly why: string;
  readonly sick: ReadonlyMap<string, string>;
}

/** A command is named for the node and what it does. */
export function partsOf(command: string): { readonly node: string; readonly step: string } {
  const dash = command.lastIndexOf("-");
  return { node: command.slice(0, dash), step: command.slice(dash + 1) };
}

/** The host of a command, by what it is or was given, which is a secret to the engine. */
function hostOf({ name, newInputs, oldInputs }: pulumi.ResourceHookArgs): Promise<SshNode> {
  const connection = pulumi.output((newInputs ?? oldInputs)?.connection as pulumi.Input<SshNode["ssh"]>);
  return new Promise((resolve) => {
    connection.apply((value) => {
      // The SDK (3.248.0) unwraps a secret, but not the secrets in it.
      const { host, port, user } = pulumi.runtime.unwrapRpcSecret(value) as SshNode["ssh"];
      resolve({ name: partsOf(name).node, ssh: { host, port, user } });
    });
  });
}
