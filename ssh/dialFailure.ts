import { describeAuth } from "./auth";
import { SshError } from "./failure";
import { isTooMany, tooManyKeys } from "./loginFailure";
import { systemErrorCode } from "./systemError";
import { formatTarget, type SshAccess, type SshNode } from "./target";
import { sshCommand } from "./sshCommand";

/** How far a dial has come. Each phase ends with the event that the next is named for. */
export type DialPhase = "resolving" | "connecting" | "handshaking" | "logging in";

/** What to tell of a dial that was not over in time. */
export function outOfTime(node: SshNode, { auth, dialSeconds }: SshAccess, phase: DialPhase): SshError {
  const where = formatTarget(node);
  const field = fieldOf(node);
  const { host } = node.ssh;
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
          `    fix: is ${field}.port right, and is sshd healthy there? See: ${sshCommand(node, "-v")}`,
      );
    case "logging in":
      return new SshError(
        "login-refused",
        `${node.name}: ${where} did not finish the login with ${describeAuth(auth)} ${within}.\n` +
          `    fix: see the sshd log there (a slow PAM or DNS look-up is usual)`,
      );
  }
}

/** What to tell of a login that waited for the agent until its time was up. */
export function muteAgent(node: SshNode, { auth, dialSeconds }: Pick<SshAccess, "auth" | "dialSeconds">): SshError {
  const agent = auth.kind === "agent" ? `the SSH agent at ${auth.socket}` : describeAuth(auth);
  return new SshError(
    "no-login-key",
    `${node.name}: ${agent} did not answer within ${dialSeconds} s.\n` +
      "    fix: see whether it waits for a touch or a confirmation, and try `ssh-add -l`; start another one, or pulumi config set fullmesh:sshKey FILE",
  );
}

/** What to tell of a host that hung up each time before it spoke SSH, which sshd does to some of many. */
export function putOff(node: SshNode, words: string, tries: number): SshError {
  const times = tries === 1 ? "once" : `${tries} times`;
  return new SshError(
    "handshake",
    `${node.name}: ${formatTarget(node)} hung up before the SSH handshake, ${times} in a row${saying(words)}.\n` +
      `    fix: on the host, see whether sshd runs, and the limits that refuse logins: MaxStartups and PerSourcePenalties in sshd_config, fail2ban, hosts.deny`,
  );
}

function saying(words: string | undefined): string {
  return words === undefined || words === "" ? "" : `, saying ${JSON.stringify(words)}`;
}

/**
 * What to tell of an error of the socket or of the SSH protocol.
 *
 * @param words what the host said in place of SSH, if so
 */
export function dialError(node: SshNode, access: SshAccess, phase: DialPhase, error: Error, words?: string): SshError {
  const { host, port } = node.ssh;
  const where = formatTarget(node);
  const field = fieldOf(node);
  // Node gathers the failures of a name with several addresses in one error; they fail alike as a rule, and the first will do.
  const code = systemErrorCode(error instanceof AggregateError ? error.errors[0] : error);
  if (phase === "resolving" || code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return new SshError(
      "unresolved",
      `${node.name}: the name ${host} does not resolve (${code ?? error.message}).\n    fix: ${field}.host in the node's file, or this machine's DNS`,
    );
  }
  if (code === "ECONNREFUSED") {
    return new SshError(
      "refused",
      `${node.name}: ${where} refuses the connection: the machine is there, but nothing listens on that port.\n` +
        `    fix: is sshd running, and is ${field}.port ${port} right?`,
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
  const lacking = /no matching (?:.->. )?(key exchange|cipher|MAC)/i.exec(error.message)?.[1];
  if (phase === "handshaking" && lacking !== undefined) {
    const [setting, ours] = sshdSettings[lacking as keyof typeof sshdSettings];
    return new SshError(
      "handshake",
      `${node.name}: ${where}: its SSH server and fullmesh have no ${lacking} algorithm in common.\n` +
        `    fix: let ${setting} in sshd_config there have ${ours}, too, and then systemctl reload ssh`,
    );
  }
  if (phase === "handshaking") {
    return new SshError(
      "handshake",
      `${node.name}: ${where}: the SSH handshake failed: ${error.message}${saying(words)}.\n` +
        `    fix: is ${field}.port ${port} that of sshd? See: ${sshCommand(node, "-v")}; a host that does not let more in may be refusing logins (sshd PerSourcePenalties, fail2ban)`,
    );
  }
  if (access.auth.kind === "agent" && access.auth.identity === undefined && isTooMany(error)) {
    return tooManyKeys(node, access.auth.socket, error);
  }
  return new SshError(
    "login-refused",
    `${node.name}: ${where} refused the login with ${describeAuth(access.auth)} (${error.message}).\n` +
      `    fix: put the public key into ~${node.ssh.user}/.ssh/authorized_keys there, or correct ${field}.user or fullmesh:sshKey`,
  );
}

/** What sshd_config(5) calls the lists of algorithms, and the best of each that we have (ssh2 1.17): of key exchanges, none against quantum computers. */
const sshdSettings = {
  "key exchange": ["KexAlgorithms", "curve25519-sha256"],
  cipher: ["Ciphers", "aes256-gcm@openssh.com or chacha20-poly1305@openssh.com"],
  MAC: ["MACs", "hmac-sha2-256-etm@openssh.com"],
} as const;

function unreachable(node: SshNode, how: string): SshError {
  return new SshError(
    "unreachable",
    `${node.name}: ${formatTarget(node)} ${how}.\n    fix: is the host up, is ${fieldOf(node)}.host right, and does a firewall drop TCP port ${node.ssh.port}?`,
  );
}

function fieldOf({ field = "ssh" }: SshNode): string {
  return field;
}
