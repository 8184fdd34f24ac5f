import { withoutPrefix } from "../core/describe/hostError";
import type { ManagedNode, MeshPlan } from "../core/plan/plan";
import { preflightScript } from "./hostScripts";
import { probeAnd, type ProbeResult } from "./probe";
import type { SshAccess } from "./target";

/** Time for the script on a host that answers, however slow it is. */
const preflightSeconds = 60;

/**
 * Looks whether a node can be worked on as a part of the mesh, without changing it: as `probe`, and then kernel, packages, clock, port, disk and the way that the
 * login came. The message of a failure has all that is wrong. It takes up to a minute longer than `probe`.
 */
export function preflight(node: ManagedNode, { needs }: MeshPlan, access: SshAccess): Promise<ProbeResult> {
  return probeAnd(node, access, async (connection) => {
    // The login shell fills in the variable, which sudo does not hand on.
    const words = [node.name, node.port, node.isolation, Math.round(Date.now() / 1000), '"$SSH_CONNECTION"'];
    const line = ["sh -s", ...words, ...needs.map(({ what, strongswan }) => `${what}=${strongswan}`)].join(" ");
    const { status, stderr } = await connection.runAsRoot(line, {
      stdin: preflightScript(),
      timeoutSeconds: preflightSeconds,
    });
    return status === 0
      ? { ok: true }
      : {
          ok: false,
          cause: "unfit",
          message: withoutPrefix(stderr) || `${node.name}: the preflight ended with status ${status ?? "none"}`,
        };
  });
}
