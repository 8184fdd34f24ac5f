import { hostError } from "../../core/describe/hostError";
import type { NodeAnswer } from "../../core/observe/compareWithPlan";
import { completed, isLate, parseObservation } from "../../core/observe/parseObservation";
import type { ManagedNode } from "../../core/plan/plan";
import { defaultMaxBytes } from "../../ssh/connection";
import { SshError } from "../../ssh/failure";
import type { SshPool } from "../../ssh/pool";

/** Seconds for each section of the script: its own default, and what it is given on a node that was too busy to answer within these. */
const [defaultSeconds, moreSeconds] = [5, 20];

/** How many sections the script has. */
function sectionsOf(script: string): number {
  return script.match(/^ *section [a-z]/gm)?.length ?? 0;
}

/** What babeld tells grows with the square of the mesh: for each neighbour, its routes to two addresses of each node, some 150 bytes a route. */
function maxBytesFor(nodes: number): number {
  return defaultMaxBytes + 512 * nodes ** 2;
}

/**
 * Asks all nodes at once, as far as the pool lets it. Nodes that do not answer are part of the result. One that leaves out what it could not tell in time, as right after a deploy, is asked
 * once more, with more time.
 *
 * @param script Text of host/observe.sh: sent along, so that it need not be installed and always fits this CLI.
 */
export async function observeMesh(
  nodes: readonly ManagedNode[],
  pool: SshPool,
  script: string,
): Promise<ReadonlyMap<string, NodeAnswer>> {
  const ask: Ask = (node, more) => askNode(node, pool, script, maxBytesFor(nodes.length), more);
  return new Map(await Promise.all(nodes.map(async (node) => [node.name, await observeNode(node, ask)] as const)));
}

/** Asks a node, with more time than by default if so many seconds are given for each section. */
type Ask = (node: ManagedNode, more?: number) => Promise<NodeAnswer>;

async function observeNode(node: ManagedNode, ask: Ask): Promise<NodeAnswer> {
  const answer = await ask(node);
  if (answer.kind === "unreachable" || !isLate(answer.observation)) return answer;
  const again = await ask(node, moreSeconds);
  if (again.kind === "unreachable") return answer;
  return { kind: "answered", observation: completed(answer.observation, again.observation) };
}

async function askNode(
  node: ManagedNode,
  pool: SshPool,
  script: string,
  maxBytes: number,
  more: number | undefined,
): Promise<NodeAnswer> {
  try {
    const { status, stdout, stderr } = await pool.runAsRoot(node, more === undefined ? "sh -s" : `sh -s ${more}`, {
      stdin: script,
      timeoutSeconds: sectionsOf(script) * (more ?? defaultSeconds) + 10,
      maxBytes,
    });
    if (status === 0) return { kind: "answered", observation: parseObservation(stdout) };
    return unreachable(
      "no-observation",
      `${node.name}: the script observe failed (status ${status ?? "none"}): ${hostError(stderr)}`,
    );
  } catch (error) {
    if (error instanceof SshError) return unreachable(error.cause, error.message);
    throw error;
  }
}

function unreachable(cause: string, message: string): NodeAnswer {
  return { kind: "unreachable", unreachable: { cause, message } };
}
