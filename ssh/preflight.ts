import { hostError } from "../core/describe/hostError";
import { blockedTraffic } from "../core/observe/blockedTraffic";
import { parseFilterTables } from "../core/observe/filterRules";
import type { ManagedNode, MeshPlan } from "../core/plan/plan";
import { preflightScript } from "./hostScripts";
import { probeAnd, type ProbeResult } from "./probe";
import type { SshAccess } from "./target";

/** Time for the script on a host that answers, however slow it is. */
const preflightSeconds = 60;

/** More than it has to say of a host on which everything is wrong. */
const maxLines = 80;

/**
 * Looks whether a node can be worked on as a part of the mesh, without changing it: as `probe`, and then kernel, packages, clock, port, disk, the host's own
 * networks and the way that the login came. The message of a failure has all that is wrong. It takes up to a minute longer than `probe`.
 */
export function preflight(node: ManagedNode, plan: MeshPlan, access: SshAccess): Promise<ProbeResult> {
  return probeAnd(node, access, async (connection) => {
    // The login shell fills in the variable, which sudo does not hand on.
    const words = [
      node.name,
      node.port,
      node.isolation,
      Math.round(Date.now() / 1000),
      '"$SSH_CONNECTION"',
      foreignNetworks(plan, node),
    ];
    const line = ["sh -s", ...words, ...plan.needs.map(({ what, strongswan }) => `${what}=${strongswan}`)].join(" ");
    const { status, stdout, stderr } = await connection.runAsRoot(line, {
      stdin: preflightScript(),
      timeoutSeconds: preflightSeconds,
    });
    return status === 0
      ? remarked(node, blockedTraffic(plan, node, parseFilterTables(stdout.split("\n"))))
      : {
          ok: false,
          cause: "unfit",
          message: hostError(stderr, maxLines) || `${node.name}: the preflight ended with status ${status ?? "none"}`,
        };
  });
}

/** A firewall that is in the way of the mesh keeps no deploy from the host: one may be urgent, and the links be none the worse. */
function remarked({ name }: ManagedNode, blocked: readonly string[]): ProbeResult {
  const remarks = blocked.map((text) => `${name}: ${text.replace(/\n/g, "\n    ")}`);
  return { ok: true, ...(remarks.length > 0 && { remarks }) };
}

/** Networks that the host must have nothing in, as the script takes them: the overlay's, and what other nodes announce. */
function foreignNetworks({ overlay, nodes }: MeshPlan, { id }: ManagedNode): string {
  const announced = nodes
    .filter((node) => node.id !== id)
    .flatMap(({ name, prefixes }) => prefixes.map((prefix) => `${prefix}@${name}`));
  return [overlay.ipv4, overlay.ipv6, ...announced].join(",");
}
