import { createHash } from "node:crypto";
import { connectionName } from "../plan/connectionName";
import { linkKey } from "../plan/linkKey";
import { managedNodes } from "../plan/managed";
import type { MeshPlan } from "../plan/plan";
import { listed } from "../registry/listed";

/** By the name of a connection, `fra1->tyo1`, a short digest of its key (core/plan/linkKey). */
export type LinkDigests = ReadonlyMap<string, string>;

/** So many links may always be removed or re-established: a mesh this small is changed as a whole all the time. */
export const alwaysAllowed = 6;

const maxNamed = 10;

/** Long enough for two of one connection to differ: they are compared with each other alone. */
const digestLength = 6;

/** Of all connections that are deployed. */
export function linkDigests(plan: MeshPlan): LinkDigests {
  return new Map(
    managedNodes(plan).flatMap((node) =>
      node.connections.map((connection) => {
        const digest = createHash("sha256").update(linkKey(connection, node, plan));
        return [connectionName(connection), digest.digest("base64url").slice(0, digestLength)] as const;
      }),
    ),
  );
}

/**
 * Why a deploy does too much at once; undefined where it does not.
 *
 * @param deployed what the nodes have, as far as it is known
 * @param planned what they are to have
 * @param limitPercent share of the deployed links that may be removed or re-established
 */
export function blastProblem(deployed: LinkDigests, planned: LinkDigests, limitPercent: number): string | undefined {
  const links = linksOf([...deployed.keys()]);
  const left = new Set(linksOf([...planned.keys()]));
  const removed = links.filter((link) => !left.has(link));
  const changed = [...deployed.keys()].filter((name) => planned.get(name) !== deployed.get(name));
  const reestablished = linksOf(changed).filter((link) => left.has(link));
  const count = removed.length + reestablished.length;
  const percent = Math.round((count * 100) / links.length);
  if (count <= alwaysAllowed || count * 100 <= links.length * limitPercent) return undefined;
  return [
    `this deploy would remove ${removed.length} and re-establish ${reestablished.length} of ${links.length} links (${percent} %); the limit is ${limitPercent} % (fullmesh:blastCapPercent)`,
    ...(removed.length === 0 ? [] : [`    removed: ${listed(removed, maxNamed)}`]),
    ...(reestablished.length === 0 ? [] : [`    re-established: ${listed(reestablished, maxNamed)}`]),
    "    fix: change fewer nodes at a time; or, if all of it is meant, allow it this once: FULLMESH_ALLOW_BLAST=true pulumi up",
  ].join("\n");
}

/**
 * What the nodes have after a deploy.
 *
 * @param deployed what they had before, as far as it is known
 * @param applied the nodes that were given their files in it; the others have what they had, be it that nothing changed or that they failed
 */
export function digestsAfter(deployed: LinkDigests, plan: MeshPlan, applied: ReadonlySet<string>): LinkDigests {
  const planned = linkDigests(plan);
  return new Map(
    managedNodes(plan).flatMap((node) =>
      node.connections.flatMap((connection) => {
        const name = connectionName(connection);
        const digest = (applied.has(node.name) ? planned : deployed).get(name);
        return digest === undefined ? [] : [[name, digest] as const];
      }),
    ),
  );
}

/** The links of connections, each once. */
function linksOf(connections: readonly string[]): readonly string[] {
  return [...new Set(connections.map((name) => name.split("->").sort().join(" - ")))];
}
