import { describeAuth, type SshAuth } from "./auth";
import { SshError } from "./failure";
import type { LoginAttempt } from "./loginAttempt";
import { formatTarget, type SshNode } from "./target";

/** What to tell of a login that failed, as far as the attempt knows why: the agent fails or lacks the key, or the host wants more than a key. Else undefined. */
export function loginError(
  node: SshNode,
  auth: SshAuth,
  { agent, wantedBesides }: Pick<LoginAttempt, "agent" | "wantedBesides">,
  error: Error,
): SshError | undefined {
  // So ssh2 marks what the agent did not do; the host refused nothing.
  if (auth.kind === "agent" && "level" in error && error.level === "agent") {
    return new SshError(
      "no-login-key",
      `${node.name}: ${describeAuth(auth)} cannot be used (${error.message}).\n` +
        "    fix: see whether it runs and has the key: ssh-add -l; whether it asked for a confirmation; and that SSH_AUTH_SOCK is that of a running agent",
    );
  }
  if (agent?.lacksIdentity === true && auth.kind === "agent" && auth.identity !== undefined) {
    const { file } = auth.identity;
    return new SshError(
      "no-login-key",
      `${node.name}: the SSH agent at ${auth.socket} does not have the key ${file}, which fullmesh:sshKey names.\n` +
        `    fix: ssh-add ${file.replace(/\.pub$/, "")}; what it has: ssh-add -L`,
    );
  }
  return wantedBesides === undefined ? undefined : secondFactor(node, auth, wantedBesides);
}

/** Nobody is there to type a code on each of many hosts. */
function secondFactor(node: SshNode, auth: SshAuth, methods: readonly string[]): SshError {
  const { user } = node.ssh;
  const more = methods.length === 0 ? "" : ` (${methods.join(", ")})`;
  const isAnyOfAgent = auth.kind === "agent" && auth.identity === undefined;
  const which = isAnyOfAgent ? `a key of the SSH agent at ${auth.socket}` : describeAuth(auth);
  return new SshError(
    "login-refused",
    `${node.name}: ${formatTarget(node)} accepted ${which}, but wants a second factor for the login${more}.\n` +
      `    fix: let this user in by the key alone, in sshd_config on the host: \`Match User ${user} Address DEPLOYER\`, and below it ` +
      "`AuthenticationMethods publickey`, then systemctl reload ssh; all others keep the second factor",
  );
}

/** By what sshd says when MaxAuthTries is reached (auth.c, auth_maxtries_exceeded). */
export function isTooMany(error: Error): boolean {
  return /too many auth/i.test(error.message);
}

/** What to tell where a host ended the login before the agent's right key had its turn. */
export function tooManyKeys(node: SshNode, agentSocket: string, error: Error): SshError {
  return new SshError(
    "login-refused",
    `${node.name}: ${formatTarget(node)} ended the login before all keys of the SSH agent at ${agentSocket} were tried (${error.message}).\n` +
      "    fix: offer the right one alone: pulumi config set fullmesh:sshKey FILE.pub, its public half (ssh-add -L prints those of the agent)",
  );
}
