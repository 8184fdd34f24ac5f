import type { SshConnection } from "./connection";
import { hostError } from "../core/describe/hostError";
import { shortText } from "../core/describe/shortText";
import { dial } from "./dial";
import { SshError, type SshCause } from "./failure";
import { sshCommand } from "./sshCommand";
import { formatTarget, type SshAccess, type SshNode } from "./target";

/** Characters of what a shell prints before each command. */
const maxTalk = 200;

/** Whether a node can be worked with, and if not, why, in words for the person at the keyboard; `remarks` are what is wrong and keeps nobody from working with it. */
export type ProbeResult =
  | { readonly ok: true; readonly remarks?: readonly string[] }
  | { readonly ok: false; readonly cause: SshCause | "unfit"; readonly message: string };

/**
 * Finds out whether a node can be logged in to and worked on as root, without changing it. Over in twice `dialSeconds` at the latest:
 * once for the dial, once for the command `id`.
 */
export function probe(node: SshNode, access: SshAccess): Promise<ProbeResult> {
  return probeAnd(node, access, () => Promise.resolve({ ok: true }));
}

/**
 * As `probe`, and does what else there is to do on a host that it succeeds with.
 *
 * @param further with the connection, which is closed afterwards
 */
export async function probeAnd(
  node: SshNode,
  access: SshAccess,
  further: (connection: SshConnection) => Promise<ProbeResult>,
): Promise<ProbeResult> {
  try {
    const connection = await dial(node, access);
    try {
      const { status, stdout, stderr } = await connection.runAsRoot("id -u", { timeoutSeconds: access.dialSeconds });
      if (status === 0 && stdout.trim() === "0") return await further(connection);
      if (status === 0 && /\n0\n?$/.test(stdout)) return talkative(node, stdout);
      const said = hostError(stderr || stdout);
      return {
        ok: false,
        cause: "not-root",
        message: `${node.name}: logged in as ${node.ssh.user}, but \`id -u\` does not say 0: ${said}`,
      };
    } finally {
      connection.close();
    }
  } catch (error) {
    if (error instanceof SshError) return { ok: false, cause: error.cause, message: error.message };
    throw error;
  }
}

/** What is printed on stdout before a command's own words would be taken for these. */
function talkative(node: SshNode, stdout: string): ProbeResult {
  const words = shortText(stdout.slice(0, stdout.lastIndexOf("0")).replace(/\s+/g, " ").trim(), maxTalk);
  const { user } = node.ssh;
  return {
    ok: false,
    cause: "unfit",
    message:
      `${node.name}: on ${formatTarget(node)}, ${user}'s shell prints before each command: ${JSON.stringify(words)}\n` +
      `    fix: let what ~${user}/.bashrc (or its like) prints be for a terminal alone: \`[ -t 1 ] && echo ...\`; see: ${sshCommand(node)} true`,
  };
}
