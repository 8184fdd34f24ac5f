import { SshError } from "./failure";
import { formatServer, formatTarget, isBastion, type SshNode } from "./target";

/** What SSH calls the reason where a server does not forward at all (RFC 4254 section 5.1); others mean that it tried. */
const administrativelyProhibited = 1;

/** What to tell of a bastion that did not connect to the host behind it. */
export function notForwarded(node: SshNode, bastion: SshNode, error: Error): SshError {
  const said = error.message.replace("(SSH) Channel open failure: ", "");
  const { field = "ssh" } = node;
  const [host, target] = [formatTarget(bastion), formatServer(node.ssh)];
  if ("reason" in error && error.reason === administrativelyProhibited) {
    return new SshError(
      "unreachable",
      `${whose(node)}${bastion.name} ${host} does not forward to ${target} (${said}).\n` +
        `    fix: on the bastion, AllowTcpForwarding and PermitOpen in sshd_config, and \`restrict\`, \`no-port-forwarding\` and \`permitopen\` before the key in authorized_keys`,
    );
  }
  return new SshError(
    "unreachable",
    `${whose(node)}${bastion.name} ${host} cannot connect to ${target} (${said}).\n` +
      `    fix: is the host up, are ${field}.host and ${field}.port right as the bastion sees them, and does a firewall between the two let TCP port ${node.ssh.port} pass?`,
  );
}

/** What to tell where the connection to a bastion broke while a host behind it was dialled. */
export function bastionLost(node: SshNode, bastion: SshNode): SshError {
  return new SshError(
    "lost",
    `${whose(node)}the SSH connection to ${bastion.name} ${formatTarget(bastion)} broke.\n` +
      "    fix: look at the bastion, and try again",
  );
}

/** A bastion before another is the node's, too, whose name comes before all that is said of a bastion. */
function whose(node: SshNode): string {
  return isBastion(node) ? "" : `${node.name}: `;
}
