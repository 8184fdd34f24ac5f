import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { formatHostKey, preferredHostKey } from "../ssh/hostKey";
import { hostKeysFor } from "../ssh/knownHosts";
import type { SshAccess, SshNode } from "../ssh/target";

/** How the provider gets in to a host. */
export function hostConnection(
  { ssh: { host, port, user } }: SshNode,
  access: SshAccess,
): command.types.input.remote.ConnectionArgs {
  const hostKey = preferredHostKey(hostKeysFor(access.knownHosts, host, port));
  return {
    host,
    port,
    user,
    // Never empty, for the provider checks a host key only where there is one. The probe refuses a host without a key for the provider before this is used.
    hostKey: hostKey === undefined ? "unknown" : formatHostKey(hostKey),
    ...(access.auth.kind === "key" ? { privateKey: pulumi.secret(access.auth.privateKey) } : {}),
    // A burst of logins may meet sshd's MaxStartups; a host that is away was found out by the probe.
    dialErrorLimit: 5,
    perDialTimeout: access.dialSeconds,
  };
}
