import type { SshServer } from "../core/registry/registry";
import type { SshNode } from "./target";

/** The ssh command that logs in as we do, for a person to try. */
export function sshCommand({ ssh: { jump = [], ...server } }: SshNode, options = ""): string {
  const { user, host, port } = server;
  const via = jump.length === 0 ? [] : [`-J ${jump.map(hop).join(",")}`];
  const words = ["ssh", ...(options === "" ? [] : [options]), ...via, `-p ${port}`, `${user}@${host}`];
  return words.join(" ");
}

/** As `ssh -J` takes it (ssh(1)). */
function hop({ user, host, port }: SshServer): string {
  return `${user}@${host.includes(":") ? `[${host}]` : host}:${port}`;
}
