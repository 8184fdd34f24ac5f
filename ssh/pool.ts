import { setMaxListeners } from "node:events";
import pLimit from "p-limit";
import type { CommandResult, RunOptions, SshConnection } from "./connection";
import { dial } from "./dial";
import type { SshAccess, SshNode } from "./target";

/** One kept connection per node, and only so many nodes worked with at once. */
export class SshPool {
  private readonly connections = new Map<string, Promise<SshConnection>>();
  private readonly limit: pLimit.Limit;
  private readonly closed = new AbortController();

  /** @param parallelism Commands that run at once, at least 1. */
  constructor(
    private readonly access: SshAccess,
    parallelism: number,
  ) {
    this.limit = pLimit(parallelism);
    // Each dial listens; of more than ten Node says that they may be a leak.
    setMaxListeners(parallelism, this.closed.signal);
  }

  /**
   * Runs a command line as root on a node, when its turn comes. The first command dials; a connection that broke is dialled anew by the next.
   *
   * @throws SshError as from `dial` and `SshConnection.runAsRoot`.
   */
  runAsRoot(node: SshNode, command: string, options: RunOptions): Promise<CommandResult> {
    return this.limit(async () => (await this.connection(node)).runAsRoot(command, options));
  }

  /** Closes all connections and gives up those being made. What still runs or waits fails. */
  async close(): Promise<void> {
    this.closed.abort();
    const dialled = await Promise.allSettled(this.connections.values());
    for (const outcome of dialled) if (outcome.status === "fulfilled") outcome.value.close();
  }

  private connection(node: SshNode): Promise<SshConnection> {
    const dialAnew = () => dial(node, this.access, this.closed.signal);
    const kept = this.connections.get(node.name);
    const next = kept?.then((connection) => (connection.isOpen ? connection : dialAnew()), dialAnew) ?? dialAnew();
    this.connections.set(node.name, next);
    return next;
  }
}

/** Does some work with a pool, which is closed however that ends. */
export async function withSshPool<T>(
  access: SshAccess,
  parallelism: number,
  work: (pool: SshPool) => Promise<T>,
): Promise<T> {
  const pool = new SshPool(access, parallelism);
  try {
    return await work(pool);
  } finally {
    await pool.close();
  }
}
