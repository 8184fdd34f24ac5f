import type { CommandResult } from "./connection";
import { SshError } from "./failure";
import { formatTarget, type SshNode } from "./target";

/** Runs a command line as root, and never asks for a password. */
export function bySudo(command: string): string {
  return `sudo -n ${command}`;
}

/** More lines say no more of a refusal. */
const maxRefusalLines = 3;

/** What to tell where sudo ran nothing, by what came of the command: all that was printed then is why. */
export function sudoRefusal(node: SshNode, { status, stdout, stderr }: CommandResult): SshError {
  const lines = (stderr.trim() === "" ? stdout : stderr).split("\n").filter((line) => line.trim() !== "");
  const why = lines.slice(-maxRefusalLines).join("; ") || `status ${status ?? "none"}`;
  return new SshError(
    "not-root",
    `${node.name}: ${formatTarget(node)} cannot become root (${why}).\n` +
      `    fix: on the host, as root: ${remedy(node.ssh.user, status, why)}; or set ssh.user to root`,
  );
}

/** By the shell's status for a command that is not there, and by a word that all languages have. */
function remedy(user: string, status: number | undefined, why: string): string {
  const allow = `echo '${user} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/${user}`;
  if (status === 127) return `apt-get install sudo && ${allow}`;
  if (/\btty\b/i.test(why)) return `echo 'Defaults:${user} !requiretty' > /etc/sudoers.d/${user}-no-tty`;
  return allow;
}

/** What a command that sudo did run said of its failure, without sudo's own warnings. Kept where they are all there is: `command not found` is one. */
export function withoutWarnings(result: CommandResult): CommandResult {
  const stderr = result.stderr.replace(/^sudo: .*\n?/gm, "");
  return stderr.trim() === "" ? result : { ...result, stderr };
}
