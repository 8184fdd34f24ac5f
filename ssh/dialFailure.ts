import { describeAuth } from "./auth";
import { SshError } from "./failure";
import { systemErrorCode } from "./systemError";
import { formatTarget, type SshAccess, type SshNode } from "./target";

/** How far a dial has come. Each phase ends with the event that the next is named for. */
export type DialPhase = "resolving" | "connecting" | "handshaking" | "logging in";

/** What to tell of a dial that was not over in time. */
export function outOfTime(node: SshNode, { auth, dialSeconds }: SshAccess, phase: DialPhase): SshError {
  const where = formatTarget(node);
  const { host, port } = node.ssh;
  const within = `within ${dialSeconds} s`;
  switch (phase) {
    case "resolving":
      return new SshError(
        "unresolved",
        `${node.name}: no answer to the look-up of ${host} ${within}.\n    fix: this machine's DNS`,
      );
    case "connecting":
      return unreachable(node, `did not answer ${within}`);
    case "handshaking":
      return new SshError(
        "mute",
        `${node.name}: ${where} accepts connections but does not speak SSH (no handshake ${within}).\n` +
          `    fix: is ssh.port right, and is sshd healthy there? See: ssh -v -p ${port} ${host}`,
      );
    case "logging in":
      return new SshError(
        "login-refused",
        `${node.name}: ${where} did not finish the login with ${describeAuth(auth)} ${within}.\n` +
          `    fix: see the sshd log there (a slow PAM or DNS look-up is usual)`,
      );
  }
}

/** What to tell of an error of the socket or of the SSH protocol. */
export function dialError(node: SshNode, access: SshAccess, phase: DialPhase, error: Error): SshError {
  const { host, port } = node.ssh;
  const where = formatTarget(node);
  // Node gathers the failures of a name with several addresses in one error; they fail alike as a rule, and the first will do.
  const code = systemErrorCode(error instanceof AggregateError ? error.errors[0] : error);
  if (phase === "resolving" || code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return new SshError(
      "unresolved",
      `${node.name}: the name ${host} does not resolve (${code ?? error.message}).\n    fix: ssh.host in the node's file, or this machine's DNS`,
    );
  }
  if (code === "ECONNREFUSED") {
    return new SshError(
      "refused",
      `${node.name}: ${where} refuses the connection: the machine is there, but nothing listens on that port.\n` +
        `    fix: is sshd running, and is ssh.port ${port} right?`,
    );
  }
  if (phase === "connecting") return unreachable(node, `cannot be reached (${code ?? error.message})`);
  if (phase === "handshaking" && error.message.endsWith("compression")) {
    return new SshError(
      "handshake",
      `${node.name}: ${where} offers no SSH without compression (${error.message}).\n` +
        "    fix: let its SSH server offer the compression `none`, as OpenSSH's sshd always does",
    );
  }
  if (phase === "handshaking") {
    return new SshError(
      "handshake",
      `${node.name}: ${where}: the SSH handshake failed: ${error.message}.\n` +
        `    fix: see ssh -v -p ${port} ${host}; a host that hangs up at once may be refusing further logins (sshd MaxStartups, fail2ban)`,
    );
  }
  return new SshError(
    "login-refused",
    `${node.name}: ${where} refused the login with ${describeAuth(access.auth)} (${error.message}).\n` +
      `    fix: put the public key into ~${node.ssh.user}/.ssh/authorized_keys there, or correct ssh.user or fullmesh:sshKey`,
  );
}

function unreachable(node: SshNode, how: string): SshError {
  return new SshError(
    "unreachable",
    `${node.name}: ${formatTarget(node)} ${how}.\n    fix: is the host up, is ssh.host right, and does a firewall drop TCP port ${node.ssh.port}?`,
  );
}
