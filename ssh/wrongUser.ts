import { SshError } from "./failure";
import { formatTarget, type SshNode } from "./target";

/** The forced command that cloud-init puts before root's keys (disable_root_opts) prints this, sleeps and ends, whatever it is to do. */
const advice = /Please login as the user "([^"\n]+)" rather than the user "[^"\n]+"\.?/;

/** What to tell of a host that answers each command with the advice to log in as somebody else; undefined where it does not. */
export function wrongUser(node: SshNode, printed: string): SshError | undefined {
  const found = advice.exec(printed);
  if (found === null) return undefined;
  const { field = "ssh" } = node;
  return new SshError(
    "login-refused",
    `${node.name}: ${formatTarget(node)} runs no command and says: ${found[0]}\n` +
      `    fix: ${field}.user in the node's file is the wrong one: write \`user: ${found[1]}\`, who must be able to sudo without a password`,
  );
}
