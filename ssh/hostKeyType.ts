import { preferredHostKey } from "./hostKey";
import { knownHostsName } from "./hostPattern";
import { SshError } from "./failure";
import { trustedEntriesFor, type KnownHosts } from "./knownHosts";
import { formatTarget, type SshNode } from "./target";

/**
 * What is wrong with a host of which only an RSA key is known: it can be logged in to, but not by Pulumi's command provider (1.2.1). That takes one key, and asks
 * the host for the algorithm that is called like its type (golang.org/x/crypto/ssh, ClientConfig.HostKeyAlgorithms): `ssh-rsa` stands for signatures with SHA-1
 * (RFC 8332), which OpenSSH has refused since 8.8. Undefined where another key is known, or none.
 */
export function hostKeyTypeProblem(node: SshNode, known: KnownHosts): SshError | undefined {
  const { host, port, user } = node.ssh;
  const entries = trustedEntriesFor(known, host, port);
  const [first] = entries;
  if (first === undefined || preferredHostKey(entries.map(({ key }) => key)) !== undefined) return undefined;
  const types = [...new Set(entries.map(({ key }) => key.type))].join(", ");
  const ssh = `ssh -o UserKnownHostsFile=${known.file} -p ${port} ${user}@${host}`;
  const sudo = user === "root" ? "" : "sudo ";
  return new SshError(
    "host-key-type",
    `${node.name}: ${known.file}:${first.line} has only a host key of type ${types} for ${formatTarget(node)}: Pulumi's command provider would ask the host to sign with SHA-1, which OpenSSH has refused since 8.8\n` +
      `    fix: have the host make the keys that it lacks (where its sshd_config has HostKey lines, add one for /etc/ssh/ssh_host_ed25519_key), and add the new one:\n` +
      `        ${ssh} '${sudo}ssh-keygen -A && ${sudo}systemctl restart ssh'\n` +
      `        echo "${knownHostsName(host, port)} $(${ssh} cat /etc/ssh/ssh_host_ed25519_key.pub)" >> ${known.file}`,
  );
}
