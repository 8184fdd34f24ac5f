import type { SshTarget } from "../core/registry/registry";
import type { SshAuth } from "./auth";
import type { KnownHosts } from "./knownHosts";

/** A node, as far as SSH is concerned: a plan's node is one. */
export interface SshNode {
  /** For messages. */
  readonly name: string;
  readonly ssh: SshTarget;
}

/** How to get in, the same for all nodes. */
export interface SshAccess {
  readonly knownHosts: KnownHosts;
  readonly auth: SshAuth;
  /** Time for name look-up, TCP, SSH handshake and login together. */
  readonly dialSeconds: number;
}

/** `user@host port N`, as messages name it. */
export function formatTarget({ ssh }: SshNode): string {
  return `${ssh.user}@${ssh.host} port ${ssh.port}`;
}
