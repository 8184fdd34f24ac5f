import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { formatHostKey, preferredHostKey } from "../ssh/hostKey";
import { hostKeysFor } from "../ssh/knownHosts";
import type { ProbeResult } from "../ssh/probe";
import type { SshAccess, SshNode } from "../ssh/target";

/** Looks whether a host can be worked on, in bounded time. */
export type Probe = (node: SshNode, access: SshAccess) => Promise<ProbeResult>;

/** One host as the deploy sees it: how to get in, and whether its work of this run went well. */
export class HostAccess {
  readonly user: string;
  readonly connection: command.types.input.remote.ConnectionArgs;
  private probed: Promise<ProbeResult> | undefined;
  private readonly unfinished = new Set<string>();

  constructor(
    private readonly node: SshNode,
    private readonly access: SshAccess,
    private readonly probe: Probe,
  ) {
    const { host, port, user } = node.ssh;
    const hostKey = preferredHostKey(hostKeysFor(access.knownHosts, host, port));
    this.user = user;
    this.connection = {
      host,
      port,
      user,
      // Never empty, for the provider checks a host key only where there is one. The probe refuses an unknown host before this is used.
      hostKey: hostKey === undefined ? "unknown" : formatHostKey(hostKey),
      ...(access.auth.kind === "key" ? { privateKey: pulumi.secret(access.auth.privateKey) } : {}),
      // A burst of logins may meet sshd's MaxStartups; a host that is away was found out by the probe.
      dialErrorLimit: 5,
      perDialTimeout: access.dialSeconds,
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
      this.probed ??= this.probe(this.node, this.access);
      const result = await this.probed;
      if (!result.ok) throw new Error(result.message);
    });
    const after = new pulumi.ResourceHook(`after ${name}`, () => {
      this.unfinished.delete(name);
    });
    return { beforeCreate: [before], beforeUpdate: [before], afterCreate: [after], afterUpdate: [after] };
  }
}
