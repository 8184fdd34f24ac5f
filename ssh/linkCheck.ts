import type { Connection, ManagedNode } from "../core/plan/plan";
import { linkLines } from "../core/render/expectations";
import { hostPaths } from "../core/render/hostFile";
import { hostError } from "../core/describe/hostError";
import { SshError } from "./failure";
import type { SshPool } from "./pool";

/** What the script `verify` takes to look at all links of a node, each of which it may have to ping. */
const lookSeconds = 60;

/** A node's links, as its own script `verify` sees them. */
export class LinkCheck {
  /** @param waitSeconds how long links may take to work again */
  constructor(
    private readonly pool: SshPool,
    private readonly waitSeconds: number,
  ) {}

  /**
   * The names of those that work; while the note of an earlier change is on the node, those that worked before that.
   *
   * @throws SshError
   */
  async working(node: ManagedNode, links: readonly Connection[]): Promise<ReadonlySet<string>> {
    const { status, stdout, stderr } = await this.verify(node, "note", links, lookSeconds);
    if (status !== 0) throw new Error(hostError(stderr));
    return new Set(stdout.split("\n").filter((name) => name !== ""));
  }

  /** Waits for them, and says which do not work and why; undefined where all do. A node that cannot be asked is one where they do not. */
  async broken(node: ManagedNode, links: readonly Connection[]): Promise<string | undefined> {
    try {
      const seconds = this.waitSeconds;
      const { status, stderr } = await this.verify(node, String(seconds), links, seconds + lookSeconds);
      return status === 0 ? undefined : hostError(stderr);
    } catch (error) {
      if (error instanceof SshError) return error.message;
      throw error;
    }
  }

  private verify(node: ManagedNode, what: string, links: readonly Connection[], timeoutSeconds: number) {
    return this.pool.runAsRoot(node, `${hostPaths.scripts}/verify ${node.name} ${what}`, {
      stdin: linkLines(links),
      timeoutSeconds,
    });
  }
}
