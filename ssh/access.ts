import type { StackSettings } from "../core/registry/settings";
import { authOf } from "./auth";
import { readKnownHosts } from "./knownHosts";
import { Bastions } from "./bastions";
import type { SshAccess } from "./target";

/**
 * What a stack's settings say of how to get in, read from the files that they name.
 *
 * @throws SshError with cause `no-login-key` or `no-known-hosts`.
 */
export async function sshAccess(
  settings: Pick<StackSettings, "knownHostsFile" | "sshLogin" | "dialSeconds">,
): Promise<SshAccess> {
  return {
    auth: await authOf(settings.sshLogin),
    knownHosts: await readKnownHosts(settings.knownHostsFile),
    dialSeconds: settings.dialSeconds,
    bastions: new Bastions(),
  };
}
