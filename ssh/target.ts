import type { SshServer, SshTarget } from "../core/registry/registry";
import type { SshAuth } from "./auth";
import type { Bastions } from "./bastions";
import type { KnownHosts } from "./knownHosts";

/** A node, as far as SSH is concerned: a plan's node is one. */
export interface SshNode {
  /** For messages. */
  readonly name: string;
  readonly ssh: SshTarget;
  /** The field of the node's file that `ssh` is from, for messages. Default: `ssh`. */
  readonly field?: string;
}

/** How to get in, the same for all nodes. */
export interface SshAccess {
  readonly knownHosts: KnownHosts;
  readonly auth: SshAuth;
  /** Time for name look-up, TCP, SSH handshake and login together. */
  readonly dialSeconds: number;
  /** The connections that nodes behind bastions share. */
  readonly bastions: Bastions;
}

/** Begins each message about a bastion, after the node's name. */
const bastionName = "its bastion";

/** The last bastion before a node, as a node that is reached through the others; undefined where there is none. */
export function bastionOf({ ssh: { jump = [] } }: SshNode): SshNode | undefined {
  const last = jump.at(-1);
  if (last === undefined) return undefined;
  const before = jump.slice(0, -1);
  const ssh = before.length === 0 ? last : { ...last, jump: before };
  return { name: bastionName, ssh, field: `ssh.jump[${before.length}]` };
}

/** Whether it is from `bastionOf`. */
export function isBastion({ name }: SshNode): boolean {
  return name === bastionName;
}

/** The SSH servers that are logged in to for a node: its bastions, the first one first, and itself. */
export function serversOf(node: SshNode): readonly SshServer[] {
  return [...(node.ssh.jump ?? []), serverOf(node)];
}

/** The SSH server of a node itself. */
export function serverOf({ ssh: { host, port, user } }: SshNode): SshServer {
  return { host, port, user };
}

/** `user@host port N`, as messages name it, and what it is reached through. */
export function formatTarget({ ssh }: SshNode): string {
  const { jump = [] } = ssh;
  return jump.length === 0 ? formatServer(ssh) : `${formatServer(ssh)} via ${jump.map(formatServer).join(", ")}`;
}

/** `user@host port N`. */
export function formatServer({ user, host, port }: SshServer): string {
  return `${user}@${host} port ${port}`;
}
