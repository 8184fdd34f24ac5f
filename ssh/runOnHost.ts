import type { CommandResult, RunOptions } from "./connection";
import { dial } from "./dial";
import type { SshAccess, SshNode } from "./target";

/**
 * Logs in to a host, runs a command line there as root, and hangs up. Over after `dialSeconds` and the command's time at the latest, whatever the host does.
 *
 * @throws SshError as from `dial` and `SshConnection.runAsRoot`.
 */
export async function runOnHost(
  node: SshNode,
  access: SshAccess,
  command: string,
  options: RunOptions,
): Promise<CommandResult> {
  const connection = await dial(node, access);
  try {
    return await connection.runAsRoot(command, options);
  } finally {
    connection.close();
  }
}
