import type { NodeAnswer } from "../../core/observe/compareWithPlan";
import { parseObservation } from "../../core/observe/parseObservation";
import type { ManagedNode } from "../../core/plan/plan";
import { SshError } from "../../ssh/failure";
import type { SshPool } from "../../ssh/pool";

/** The script has nine sections of at most 5 s each. */
const observeSeconds = 50;

/**
 * Asks all nodes at once, as far as the pool lets it. Nodes that do not answer are part of the result.
 *
 * @param script Text of host/observe.sh: sent along, so that it need not be installed and always fits this CLI.
 */
export async function observeMesh(
  nodes: readonly ManagedNode[],
  pool: SshPool,
  script: string,
): Promise<ReadonlyMap<string, NodeAnswer>> {
  return new Map(
    await Promise.all(nodes.map(async (node) => [node.name, await observeNode(node, pool, script)] as const)),
  );
}

async function observeNode(node: ManagedNode, pool: SshPool, script: string): Promise<NodeAnswer> {
  try {
    const { status, stdout, stderr } = await pool.runAsRoot(node, "sh -s", {
      stdin: script,
      timeoutSeconds: observeSeconds,
    });
    if (status === 0) return { kind: "answered", observation: parseObservation(stdout) };
    return unreachable(
      "no-observation",
      `${node.name}: the script observe failed (status ${status ?? "none"}): ${stderr.trim()}`,
    );
  } catch (error) {
    if (error instanceof SshError) return unreachable(error.cause, error.message);
    throw error;
  }
}

function unreachable(cause: string, message: string): NodeAnswer {
  return { kind: "unreachable", unreachable: { cause, message } };
}
