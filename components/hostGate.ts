import * as pulumi from "@pulumi/pulumi";
import type { NodeFailure } from "../core/describe/failures";
import type { ProbeResult } from "../ssh/probe";
import { formatTarget, type SshNode } from "../ssh/target";
import { partsOf, taskOf } from "./hostTask";

/** Looks whether a host can be worked on, in bounded time. */
export type Probe = (node: SshNode) => Promise<ProbeResult>;

/**
 * What stands before all hosts of a mesh: a command gets through to a host only if that was found to answer and, to be changed, fit. It also notes on which hosts
 * the work of this run did not end well, and why.
 *
 * It goes by what a command's inputs say of the host, for a node that leaves is known to the state alone.
 */
export class HostGate {
  /** The first before a command is created or updated, which happens only where there is something to do. */
  readonly enter: pulumi.ResourceHook;
  /** The first before one is removed. */
  readonly leave: pulumi.ResourceHook;
  private readonly probed = new Map<string, Promise<ProbeResult>>();
  private readonly examined = new Map<string, Promise<ProbeResult>>();
  private readonly unfinished = new Set<string>();
  private readonly done = new Set<string>();
  private readonly reasons = new Map<string, NodeFailure>();
  private closed: Closure | undefined;

  /**
   * @param probe for a host that is to be left
   * @param preflight for one that is to be worked on
   */
  constructor(
    private readonly probe: Probe,
    private readonly preflight: Probe,
  ) {
    this.enter = new pulumi.ResourceHook("host answers", (args) => this.letIn(args));
    this.leave = new pulumi.ResourceHook("host to be left answers", (args) => this.letGo(args));
  }

  /** Whether a command on the host was begun in this run and did not end well. */
  failed({ name }: SshNode): boolean {
    return [...this.unfinished].some((command) => partsOf(command).node === name);
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

  /** A command on a host ended well. */
  finished(command: string): void {
    this.unfinished.delete(command);
    this.done.add(command);
  }

  /** Notes why a command cannot be run or did not end well, and gives what to throw. */
  refuse(command: string, reason: string): Error {
    this.note(command, reason);
    return new Error(reason);
  }

  private async letIn(args: pulumi.ResourceHookArgs): Promise<void> {
    const { node } = await taskOf(args);
    this.unfinished.add(args.name);
    const reason = await this.refusal(node, () => once(this.examined, node, this.preflight));
    if (reason !== undefined) throw this.refuse(args.name, reason);
  }

  private async refusal(node: SshNode, look: () => Promise<ProbeResult>): Promise<string | undefined> {
    const closed = this.whyClosed(node);
    if (closed !== undefined) return closed;
    const result = await look();
    return result.ok ? undefined : result.message;
  }

  private async letGo(args: pulumi.ResourceHookArgs): Promise<void> {
    const { node } = await taskOf(args);
    const reason = await this.refusal(node, () => once(this.probed, node, this.probe));
    if (reason !== undefined) throw stillThere(node, reason);
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

/** What to throw where a node that leaves could not be removed from its host. */
export function stillThere(node: SshNode, reason: string): Error {
  return new Error(
    `${reason}\n    The mesh is still on ${node.name}. If the host will never come back, say so with its id in _retired.yaml: { id: ..., name: ${node.name}, gone: true }`,
  );
}
