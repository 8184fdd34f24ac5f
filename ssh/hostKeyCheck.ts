import { SshError } from "./failure";
import { fingerprint, hostKeyFromWire, type HostKey } from "./hostKey";
import { hostKeysFor, revokedKeysFor, type KnownHosts } from "./knownHosts";
import { sshCommand } from "./sshCommand";
import { bastionOf, formatTarget, type SshNode } from "./target";

/** Compares the key that a host shows with known_hosts. Undefined if it is the right one. */
export function hostKeyProblem(node: SshNode, known: KnownHosts, wire: Buffer): SshError | undefined {
  const { host, port } = node.ssh;
  const offered = hostKeyFromWire(wire);
  const isOffered = (key: HostKey) => key.base64 === offered.base64;
  const trusted = hostKeysFor(known, host, port);
  if (revokedKeysFor(known, host, port).some(isOffered)) return revoked(node, known, offered);
  if (trusted.some(isOffered)) return undefined;
  return trusted.length === 0 ? unknown(node, known, offered) : changed(node, known, offered, trusted);
}

function unknown(node: SshNode, known: KnownHosts, offered: HostKey): SshError {
  return new SshError(
    "host-key-unknown",
    `${node.name}: ${known.file} has no SSH host key of ${formatTarget(node)}. The host shows\n        ${describe(offered)}\n` +
      `    fix: compare with the host's own (on its console: ssh-keygen -lf ${keyFileOf(offered)}), then\n        ${addCommand(node, known, offered)}${ignoredLines(known)}`,
  );
}

/** The missing key may stand in a line that was passed over. */
function ignoredLines({ file, ignored }: KnownHosts): string {
  return ignored.map(({ line, reason }) => `\n    ignored: ${file}:${line}: ${reason}`).join("");
}

function changed(node: SshNode, known: KnownHosts, offered: HostKey, trusted: readonly HostKey[]): SshError {
  const { host, port } = node.ssh;
  const name = port === 22 ? host : `[${host}]:${port}`;
  return new SshError(
    "host-key-changed",
    `${node.name}: the SSH host key of ${formatTarget(node)} is not the one in ${known.file}. The host shows\n        ${describe(offered)}\n` +
      `    known is\n${trusted.map((key) => `        ${describe(key)}\n`).join("")}` +
      `    fix: the host was reinstalled, or someone is in between: find out which. If it was reinstalled, compare with the host's own\n` +
      `    (on its console: ssh-keygen -lf ${keyFileOf(offered)}), then\n` +
      `        ssh-keygen -f ${known.file} -R '${name}'\n        ${addCommand(node, known, offered)}`,
  );
}

function revoked(node: SshNode, known: KnownHosts, offered: HostKey): SshError {
  return new SshError(
    "host-key-revoked",
    `${node.name}: ${formatTarget(node)} shows a host key that ${known.file} marks as @revoked:\n        ${describe(offered)}\n` +
      "    fix: give the host a new key; the old one is known to others",
  );
}

function describe(key: HostKey): string {
  return `${key.type} ${fingerprint(key)}`;
}

/** `ed25519`, `ecdsa`, `rsa`: the short names of ssh-keyscan and of sshd's key files. */
function shortType(key: HostKey): string {
  return key.type.replace(/^ssh-/, "").replace(/-sha2-.*$/, "");
}

function keyFileOf(key: HostKey): string {
  return `/etc/ssh/ssh_host_${shortType(key)}_key.pub`;
}

/** Where the host is behind a bastion, that asks it. */
function addCommand(node: SshNode, known: KnownHosts, key: HostKey): string {
  const { host, port } = node.ssh;
  const bastion = bastionOf(node);
  const there = bastion === undefined ? "" : `${sshCommand(bastion)} `;
  return `${there}ssh-keyscan -t ${shortType(key)} -p ${port} ${host} >> ${known.file}`;
}
