import { setTimeout as sleep } from "node:timers/promises";
import { shortText } from "../../core/describe/shortText";
import { compareWithPlan, type NodeAnswer } from "../../core/observe/compareWithPlan";
import type { MeshHealth } from "../../core/observe/health";
import { linkName } from "../../core/plan/connectionName";
import { managedNodes } from "../../core/plan/managed";
import type { ManagedNode, MeshPlan } from "../../core/plan/plan";
import { bytesOf, linksOf, meshView } from "../../core/view/meshView";
import type { MeshView } from "../../core/view/views";
import { History } from "./history";

/** So long a look may take where nodes are slow. */
const longLookSeconds = 60;

/** What was seen at one look, all of one plan. */
export interface Seen {
  readonly plan: MeshPlan;
  readonly answers: ReadonlyMap<string, NodeAnswer>;
  readonly health: MeshHealth;
  readonly view: MeshView;
}

/** Where the watch gets what it needs. */
export interface Sources {
  readonly stack: string;
  /** The plan by the files as they are now; the same object while they are. @throws Error where they cannot be planned. */
  readonly plan: () => MeshPlan;
  /** Asks all nodes. */
  readonly ask: (nodes: readonly ManagedNode[]) => Promise<ReadonlyMap<string, NodeAnswer>>;
}

/** Looks at the mesh again and again, and remembers an hour. */
export class MeshWatch {
  readonly history: History;
  private readonly listeners = new Set<(view: MeshView) => void>();
  private readonly stopping = new AbortController();
  private current: Seen | undefined;
  private plan: MeshPlan;
  private filesProblem: string | null = null;
  private lookFailed = false;
  /** Of the last look: bytes by link, and when. */
  private last: { readonly at: number; readonly bytes: ReadonlyMap<string, number> } = { at: 0, bytes: new Map() };

  /**
   * @param everySeconds between the end of one look and the start of the next
   * @param rememberedSeconds how far back the history goes
   */
  constructor(
    private readonly sources: Sources,
    private readonly everySeconds: number,
    rememberedSeconds = 3600,
  ) {
    this.history = new History(Math.ceil(rememberedSeconds / everySeconds));
    this.plan = sources.plan();
  }

  /** What was seen last; undefined before the first look is over. */
  get seen(): Seen | undefined {
    return this.current;
  }

  /** Whether what was seen last is so old, or the look after it failed, that nobody should go by it. */
  get isStale(): boolean {
    const age = Date.now() / 1000 - this.last.at;
    return this.lookFailed || age > longLookSeconds + 3 * this.everySeconds;
  }

  /** Calls back at each look. @returns what ends that */
  onLook(listener: (view: MeshView) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** Looks until it is stopped. A look that fails is told, and the next one comes. */
  async run(onError: (error: unknown) => void): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.look().then(
        () => {
          this.lookFailed = false;
        },
        (error: unknown) => {
          this.lookFailed = true;
          onError(error);
        },
      );
      await sleep(this.everySeconds * 1000, undefined, { signal }).catch(() => undefined);
    }
  }

  stop(): void {
    this.stopping.abort();
  }

  /** One look. */
  async look(): Promise<void> {
    this.takeFiles();
    const { plan } = this;
    const answers = await this.sources.ask(managedNodes(plan));
    const at = Date.now() / 1000;
    const health = compareWithPlan(plan, answers);
    const bytesPerSecond = this.traffic(at, plan, health);
    const observedAt = new Date(at * 1000).toISOString();
    const view = meshView(plan, health, {
      stack: this.sources.stack,
      observedAt,
      everySeconds: this.everySeconds,
      filesProblem: this.filesProblem,
      bytesPerSecond,
    });
    this.history.add(at, new Map(view.links.map((link) => [link.name, link])));
    this.current = { plan, answers, health, view };
    for (const listener of this.listeners) listener(view);
  }

  /** Files that cannot be planned, as while somebody edits them, leave the last plan. */
  private takeFiles(): void {
    let plan: MeshPlan;
    try {
      plan = this.sources.plan();
    } catch (error) {
      if (this.filesProblem === null) this.history.mark({ at: Date.now() / 1000, text: "the files cannot be planned" });
      this.filesProblem = shortText(error instanceof Error ? error.message : String(error), 2000);
      return;
    }
    this.filesProblem = null;
    if (plan === this.plan || JSON.stringify(plan) === JSON.stringify(this.plan)) return;
    this.plan = plan;
    this.history.mark({ at: Date.now() / 1000, text: "the files have another mesh" });
  }

  private traffic(at: number, plan: MeshPlan, health: MeshHealth): ReadonlyMap<string, number> {
    const links = linksOf(plan, health).map(({ link, health: found }) => [linkName(link), bytesOf(found)] as const);
    const bytes = new Map(links.flatMap(([name, count]) => (count === null ? [] : [[name, count] as const])));
    const { at: before, bytes: had } = this.last;
    this.last = { at, bytes };
    return new Map(
      [...bytes].flatMap(([name, count]) => {
        const old = had.get(name);
        // A rekeying begins at 0.
        return old === undefined ? [] : [[name, (count >= old ? count - old : count) / (at - before)] as const];
      }),
    );
  }
}
