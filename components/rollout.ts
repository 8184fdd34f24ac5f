import pLimit from "p-limit";
import * as pulumi from "@pulumi/pulumi";
import { actionsBetween } from "../core/diff/actions";
import { describeRestarts, mustRestartTogether, restartedBy, type Daemon } from "../core/diff/restarts";
import { connectionsIn, toAgreeAnew } from "../core/diff/agreement";
import type { Connection, ManagedNode, MeshPlan } from "../core/plan/plan";
import { filesOf } from "../core/render/bundle";
import type { HostFile } from "../core/render/hostFile";
import type { HostGate } from "./hostGate";
import { partsOf } from "./hostTask";

/** Looks at links of a node, on the node. */
export interface LinkCheck {
  /** The names of those that work; of a change that was not found to have done no harm yet, those that worked before it. */
  working(node: ManagedNode, links: readonly Connection[]): Promise<ReadonlySet<string>>;
  /** Gives them time to work, and says which do not and why; undefined where all do. */
  broken(node: ManagedNode, links: readonly Connection[]): Promise<string | undefined>;
}

/** A half of a link, by node and connection. */
type Half = `${string} ${string}`;

/**
 * What lets a deploy go on from wave to wave, and from one node to the next where daemons are restarted. Of each node that is changed in waves, or restarts
 * daemons, it sees beforehand which of its links work; they must work afterwards, too. A link that is new, or on which both ends must agree anew, counts from
 * when both are changed. A node that failed is another matter, and its links do not count. Nor does what is said by or of a node whose key is revoked: whoever has the
 * key may have the host, and must not stop the deploy that shuts him out.
 */
export class Rollout {
  /** For each `apply`. */
  readonly hooks: pulumi.ResourceHookBinding;
  private readonly nodes: ReadonlyMap<string, ManagedNode>;
  private readonly others: ReadonlyMap<Half, Half>;
  private readonly worked = new Set<Half>();
  private readonly unsettled = new Set<Half>();
  private readonly changed = new Set<string>();
  private readonly restarting = new Map<Daemon, Set<string>>();
  private together = false;
  private readonly oneByOne = pLimit(1);
  private readonly turns = new Map<string, () => void>();

  /**
   * @param inWaves whether each node that is changed is looked at, and not only those that restart daemons
   * @param revoked names of the nodes whose key is revoked, known before the first node is changed
   */
  constructor(
    plan: MeshPlan,
    private readonly gate: HostGate,
    private readonly check: LinkCheck,
    private readonly inWaves: boolean,
    private readonly revoked: Promise<ReadonlySet<string>>,
  ) {
    this.nodes = new Map(plan.nodes.flatMap((node) => (node.managed ? [[node.name, node]] : [])));
    this.others = new Map(
      plan.links.flatMap(({ a, b }) => [
        [half(a), half(b)],
        [half(b), half(a)],
      ]),
    );
    this.hooks = {
      beforeUpdate: [
        new pulumi.ResourceHook("links that work are known", (args) => this.before(args), { onDryRun: true }),
      ],
    };
  }

  /** What is restarted where, a line a daemon, in this run or, in a preview, in the one that it shows. */
  describeRestarts(): readonly string[] {
    return describeRestarts(this.restarting, this.together);
  }

  /** To be called when the engine has dealt with a node's `apply`: if daemons were restarted, it waits until its links work again, before another node's turn. */
  async applied(node: ManagedNode): Promise<void> {
    const end = this.turns.get(node.name);
    if (end === undefined) return;
    await this.judge([node]);
    end();
  }

  /** Looks at what a wave has changed, and closes the gate if a link that worked does not any more. */
  async passed(wave: readonly ManagedNode[]): Promise<void> {
    if (this.inWaves) await this.judge(wave);
  }

  private async judge(nodes: readonly ManagedNode[]): Promise<void> {
    const changed = nodes.filter((node) => this.changed.has(node.name) && !this.gate.failed(node));
    if (changed.length === 0) return;
    const revoked = await this.revoked;
    const looks = changed
      .filter(({ name }) => !revoked.has(name))
      .map(async (node) => [node.name, await this.broken(node, revoked)] as const);
    const sick = new Map((await Promise.all(looks)).filter((look): look is [string, string] => look[1] !== undefined));
    if (sick.size === 0) return;
    this.gate.close(
      `the deploy was stopped at ${[...sick.keys()].join(", ")}, where links that worked do not any more`,
      sick,
    );
  }

  private async before({ name, oldInputs, newInputs }: pulumi.ResourceHookArgs): Promise<void> {
    const node = this.nodes.get(partsOf(name).node);
    if (node === undefined) return;
    const [had, has] = [filesOf(textOf(oldInputs)), filesOf(textOf(newInputs))];
    const restarts = this.noteRestarts(node, had, has);
    const together = mustRestartTogether(had, has);
    this.together ||= restarts && together;
    if (pulumi.runtime.isDryRun()) return;
    for (const connection of toAgreeAnew(had, has)) this.unsettled.add(`${node.name} ${connection}`);
    if (restarts && !together) await this.takeTurn(node, name);
    this.changed.add(node.name);
    if (!this.inWaves && !this.turns.has(node.name)) return;
    if ((await this.revoked).has(node.name)) return;
    const known = connectionsIn(had);
    const links = node.connections.filter((connection) => known.has(connection.name));
    const working = await this.check.working(node, links).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw this.gate.refuse(
        name,
        `${node.name}: which links work could not be seen, so it was left as it was: ${why}`,
      );
    });
    for (const connection of working) this.worked.add(`${node.name} ${connection}`);
  }

  /** Whether there are any. What a preview cannot know yet has none. */
  private noteRestarts(node: ManagedNode, had: readonly HostFile[], has: readonly HostFile[]): boolean {
    if (has.length === 0) return false;
    const daemons = restartedBy(actionsBetween(had, has));
    for (const daemon of daemons) {
      this.restarting.set(daemon, new Set([...(this.restarting.get(daemon) ?? []), node.name]));
    }
    return daemons.length > 0;
  }

  /** Waits for it. It lasts until the node's links work again. */
  private async takeTurn(node: ManagedNode, command: string): Promise<void> {
    await new Promise<void>((begin) => {
      void this.oneByOne(() => {
        begin();
        return new Promise<void>((end) => this.turns.set(node.name, end));
      });
    });
    const closed = this.gate.whyClosed(node);
    if (closed !== undefined) throw this.gate.refuse(command, closed);
  }

  private async broken(node: ManagedNode, revoked: ReadonlySet<string>): Promise<string | undefined> {
    const links = node.connections.filter((link) => !revoked.has(link.remote.node) && this.counts(link));
    const reason = links.length === 0 ? undefined : await this.check.broken(node, links);
    return reason === undefined
      ? undefined
      : `${reason}\nfix: put it right, or take the change back (git revert), and run \`pulumi up\``;
  }

  private counts(connection: Connection): boolean {
    const [here, there] = [half(connection), this.others.get(half(connection))];
    if (there === undefined || !(this.worked.has(here) || this.worked.has(there))) return false;
    const peer = this.nodes.get(connection.remote.node);
    if (peer !== undefined && this.gate.failed(peer)) return false;
    const settled = !this.unsettled.has(here) && !this.unsettled.has(there);
    return settled || this.changed.has(connection.remote.node);
  }
}

function half({ local, name }: Connection): Half {
  return `${local.node} ${name}`;
}

function textOf(inputs: Readonly<Record<string, unknown>> | undefined): string {
  return typeof inputs?.stdin === "string" ? inputs.stdin : "";
}
