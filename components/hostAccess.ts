import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { SshTarget } from "../core/registry/registry";

/** How to log in to a host. */
export interface Login {
  /** The host's public key, `TYPE BASE64`, as in known_hosts. Undefined where there is none: the probe then refuses the host. */
  readonly hostKey: string | undefined;
  /** Private key to log in with, PEM or OpenSSH. Undefined means the SSH agent. */
  readonly privateKey: string | undefined;
}

/** Looks whether a host can be worked on, in bounded time. Rejects with a message for the operator, naming node and cause. */
export type Probe = (node: string) => Promise<void>;

/** One host as the deploy sees it: how to get in, and whether its work of this run went well. */
export class HostAccess {
  readonly user: string;
  readonly connection: command.types.input.remote.ConnectionArgs;
  private readonly node: string;
  private readonly probe: Probe;
  private probed: Promise<void> | undefined;
  private readonly unfinished = new Set<string>();

  constructor(node: string, ssh: SshTarget, login: Login, probe: Probe) {
    this.node = node;
    this.probe = probe;
    this.user = ssh.user;
    this.connection = {
      host: ssh.host,
      port: ssh.port,
      user: ssh.user,
      // Never empty: the provider checks a host key only where there is one. The probe refuses the host before this value is used.
      hostKey: login.hostKey ?? "unknown",
      ...(login.privateKey === undefined ? {} : { privateKey: pulumi.secret(login.privateKey) }),
      // A burst of logins may meet sshd's MaxStartups; a host that is away was found out by the probe.
      dialErrorLimit: 5,
      perDialTimeout: 10,
    };
  }

  /** Whether a command of this host was begun in this run and did not end well. */
  get failed(): boolean {
    return this.unfinished.size > 0;
  }

  /** Hooks for one command: probe before it runs, and note whether it ended well. They run only where there is something to do. */
  hooks(name: string): pulumi.ResourceHookBinding {
    const before = new pulumi.ResourceHook(`before ${name}`, async () => {
      this.unfinished.add(name);
      this.probed ??= this.probe(this.node);
      await this.probed;
    });
    const after = new pulumi.ResourceHook(`after ${name}`, () => {
      this.unfinished.delete(name);
    });
    return { beforeCreate: [before], beforeUpdate: [before], afterCreate: [after], afterUpdate: [after] };
  }
}
