import type { DriftAnswer } from "../core/drift/meshDrift";
import { hostError } from "../core/describe/hostError";
import { hostPaths } from "../core/render/hostFile";
import { SshError } from "./failure";
import type { SshPool } from "./pool";
import type { SshNode } from "./target";

/** The script waits for a change that is on its way, and then for what it asks. */
const answerSeconds = 60;

/** The script is the host's own, because it has to know what that was given. A host from before there was one has nothing to compare with. */
const command = `sh -c 'cd ${hostPaths.scripts} 2>/dev/null || { echo absent; echo end; exit; }; [ -x drift ] || { echo no-record scripts; echo end; exit; }; exec timeout ${answerSeconds} ./drift'`;

/** Asks all nodes what on them is other than the last deploy left it, as many at once as the pool lets. Those that do not answer are part of the result. */
export async function askForDrift(nodes: readonly SshNode[], pool: SshPool): Promise<ReadonlyMap<string, DriftAnswer>> {
  return new Map(await Promise.all(nodes.map(async (node) => [node.name, await askNode(node, pool)] as const)));
}

async function askNode(node: SshNode, pool: SshPool): Promise<DriftAnswer> {
  try {
    const { status, stdout, stderr } = await pool.runAsRoot(node, command, { timeoutSeconds: answerSeconds + 5 });
    if (status === 0) return { kind: "answered", text: stdout };
    const why = hostError(stderr) || `the script drift ended with status ${status ?? "none"}`;
    return { kind: "unreachable", cause: "no-answer", message: why };
  } catch (error) {
    if (error instanceof SshError) return { kind: "unreachable", cause: error.cause, message: error.message };
    throw error;
  }
}
