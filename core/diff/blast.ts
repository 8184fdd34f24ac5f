import { createHash } from "node:crypto";
import { connectionName, describeConnection } from "../describe/connection";
import { managedNodes } from "../plan/managed";
import type { MeshPlan } from "../plan/plan";
import { listed } from "../registry/listed";
import { charonSettings } from "../render/charon";

/** By the name of a node's half of a link, `fra1->tyo1`, a short digest of what makes the link another one when it changes. */
export type HalfDigests = ReadonlyMap<string, string>;

/** So many links may always be taken away or made anew: a mesh this small is changed as a whole all the time. */
export const alwaysAllowed = 6;

const mostNamed = 10;

/** Long enough for two of one half to differ: they are compared with each other alone. */
const digestLength = 6;

/** All halves that are deployed: path, ports, who dials, ciphers, interface number, and the settings with which charon must start anew. Keys are not known beforehand. */
export function halfDigests(plan: MeshPlan): HalfDigests {
  return new Map(
    managedNodes(plan).flatMap((node) => {
      const charon = charonSettings(node).content;
      return node.connections.map((connection) => {
        const { path, dials, ifId, ciphers } = describeConnection(connection, plan);
        const digest = createHash("sha256").update(JSON.stringify([path, dials, ifId, ciphers, charon]));
        return [connectionName(connection), digest.digest("base64url").slice(0, digestLength)] as const;
      });
    }),
  );
}

/**
 * Why a deploy does too much at once; undefined where it does not.
 *
 * @param deployed what the nodes have, as far as it is known
 * @param planned what they are to have
 * @param capPercent share of the deployed links that may be taken away or made anew
 */
export function blastProblem(deployed: HalfDigests, planned: HalfDigests, capPercent: number): string | undefined {
  const links = linksOf([...deployed.keys()]);
  const left = new Set(linksOf([...planned.keys()]));
  const gone = links.filter((link) => !left.has(link));
  const changed = [...deployed.keys()].filter((name) => planned.get(name) !== deployed.get(name));
  const anew = linksOf(changed).filter((link) => left.has(link));
  const count = gone.length + anew.length;
  const percent = Math.round((count * 100) / links.length);
  if (count <= alwaysAllowed || count * 100 <= links.length * capPercent) return undefined;
  return [
    `this would take away ${gone.length} and make anew ${anew.length} of the mesh's ${links.length} links: ${percent} %, and fullmesh:blastCapPercent is ${capPercent}`,
    ...(gone.length === 0 ? [] : [`    taken away: ${listed(gone, mostNamed)}`]),
    ...(anew.length === 0 ? [] : [`    made anew: ${listed(anew, mostNamed)}`]),
    "    fix: change fewer nodes at a time; or, if all of it is meant, allow it this once: FULLMESH_ALLOW_BLAST=true pulumi up",
  ].join("\n");
}

/**
 * What the nodes have after a deploy.
 *
 * @param deployed what they had before, as far as it is known
 * @param applied the nodes that were given their files in it; the others have what they had, be it that nothing changed or that they failed
 */
export function digestsAfter(deployed: HalfDigests, plan: MeshPlan, applied: ReadonlySet<string>): HalfDigests {
  const planned = halfDigests(plan);
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

/** The links of halves, each once. */
function linksOf(halves: readonly string[]): readonly string[] {
  return [...new Set(halves.map((name) => name.split("->").sort().join(" - ")))];
}
