import type { SshConnection } from "./connection";
import { dial } from "./dial";
import { SshError } from "./failure";
import { bastionOf, formatTarget, isBastion, type SshAccess, type SshNode } from "./target";

/** A bastion that nobody uses any more is kept so long, for the next command on a node behind it. */
const lingerSeconds = 1;

/** A connection to a bastion, until it is given back. */
export interface Lease {
  readonly bastion: SshConnection;
  /** Gives it back; more than once does no harm. */
  readonly giveBack: () => void;
}

interface Kept {
  readonly connection: Promise<SshConnection>;
  users: number;
}

/** One connection per bastion, which all nodes behind it share: it is dialled when the first needs it, and closed soon after the last has given it back. */
export class Bastions {
  private readonly kept = new Map<string, Kept>();

  /**
   * The last bastion before a node, logged in to; undefined for a node without one.
   *
   * @throws SshError which names the node, the bastion, cause and remedy.
   */
  async lease(node: SshNode, access: SshAccess): Promise<Lease | undefined> {
    const bastion = bastionOf(node);
    if (bastion === undefined) return undefined;
    const name = formatTarget(bastion);
    const kept = this.kept.get(name) ?? { connection: dial(bastion, access), users: 0 };
    this.kept.set(name, kept);
    kept.users += 1;
    try {
      const connection = await kept.connection;
      if (connection.isOpen) return { bastion: connection, giveBack: this.back(name, kept, connection) };
    } catch (error) {
      this.forget(name, kept);
      throw error instanceof SshError && !isBastion(node)
        ? new SshError(error.cause, `${node.name}: ${error.message}`)
        : error;
    }
    this.forget(name, kept);
    return this.lease(node, access);
  }

  private back(name: string, kept: Kept, connection: SshConnection): () => void {
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      kept.users -= 1;
      setTimeout(() => {
        if (kept.users > 0) return;
        this.forget(name, kept);
        connection.close();
      }, lingerSeconds * 1000);
    };
  }

  private forget(name: string, kept: Kept): void {
    if (this.kept.get(name) === kept) this.kept.delete(name);
  }
}
