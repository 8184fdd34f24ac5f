import { groupsBy } from "../core/registry/groupsBy";
import { listed } from "../core/registry/listed";
import { problemAt, startOf, type Problem } from "../core/registry/problem";
import type { RegistryNode, SshTarget } from "../core/registry/registry";
import { fingerprint } from "./hostKey";
import { acceptedEntriesFor, type KnownHosts, type KnownHostsEntry } from "./knownHosts";
import { formatTarget } from "./target";

/** In one message; more are counted. */
const maxNamed = 6;

/** Managed nodes that one host can pass for. */
export interface SharedHostKey {
  readonly nodes: readonly string[];
  readonly problem: Problem;
}

interface Login {
  readonly name: string;
  readonly file: string;
  readonly ssh: SshTarget;
}

/** A key that is accepted of a node, and the line of known_hosts that says so. */
interface Acceptance {
  readonly login: Login;
  readonly entry: KnownHostsEntry;
}

/**
 * The host keys that known_hosts lists for more than one managed node. A host has many names and addresses, and its key alone tells which host it is: the one with
 * such a key would be given the private keys of all these nodes.
 */
export function sharedHostKeys(nodes: readonly RegistryNode[], known: KnownHosts): readonly SharedHostKey[] {
  const acceptances = nodes.flatMap((node): Acceptance[] => {
    if (!node.managed) return [];
    return acceptedEntriesFor(known, node.ssh.host, node.ssh.port).map((entry) => ({ login: node, entry }));
  });
  const shared = groupsBy(acceptances, ({ entry }) => entry.key.base64).filter((group) => loginsOf(group).length > 1);
  // Cloned machines share a key of each type.
  return groupsBy(shared, (group) => namesOf(group).join()).map((groups) => ({
    nodes: namesOf(groups[0]),
    problem: problemOf(groups.flat(), known),
  }));
}

function loginsOf(group: readonly Acceptance[]): readonly Login[] {
  return [...new Set(group.map(({ login }) => login))];
}

function namesOf(group: readonly Acceptance[]): readonly string[] {
  return loginsOf(group).map(({ name }) => name);
}

function problemOf(group: readonly Acceptance[], { file }: KnownHosts): Problem {
  const logins = loginsOf(group);
  const last = logins.at(-1)?.file ?? file;
  const who = logins.map((login) => `${login.name} (${login.file}, ${formatTarget(login)})`);
  const keys = [...new Set(group.map(({ entry: { key } }) => `${key.type} ${fingerprint(key)}`))];
  const lines = [...new Set(group.map(({ entry }) => entry.line))].sort((a, b) => a - b).map(String);
  return problemAt(
    startOf(last),
    `${listed(who, maxNamed)} have the same SSH host key, ${keys.join(", ")} ` +
      `(${file}, ${lines.length === 1 ? "line" : "lines"} ${listed(lines, maxNamed)}); the host that has it would be given the keys of all of them`,
    `if it is one host, correct \`ssh.host\` or \`ssh.port\` of the wrong node; on a cloned machine, as root: rm /etc/ssh/ssh_host_*; ` +
      `dpkg-reconfigure openssh-server, and put its new host key into ${file} in place of the old one; a line for several hosts there becomes a line for each`,
  );
}
