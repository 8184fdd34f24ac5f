import { createHash } from "node:crypto";
import { describeConnection, endName } from "../describe/connection";
import { managedNodes } from "../plan/managed";
import type { Connection, MeshPlan } from "../plan/plan";
import { listed } from "../registry/listed";
import { charonSettings } from "../render/charon";

/** By a link's name, a short digest of what makes it another link when it changes. */
export type LinkDigests = ReadonlyMap<string, string>;

/** So many links may always be taken away or made anew: a mesh this small is changed as a whole all the time. */
export const alwaysAllowed = 6;

const mostNamed = 10;

/** Long enough for two of one link to differ: they are compared with each other alone. */
const digestLength = 6;

/** The links of a plan: paths, ports, who dials, ciphers, interface numbers, and the settings with which charon must start anew. Keys are not known beforehand. */
export function linkDigests(plan: MeshPlan): LinkDigests {
  const charon = new Map(managedNodes(plan).map((node) => [node.name, charonSettings(node).content]));
  const half = (connection: Connection): unknown => {
    const { path, dials, ifId, ciphers } = describeConnection(connection, plan);
    return [path, dials, ifId, ciphers, charon.get(connection.local.node)];
  };
  return new Map(
    plan.links.map(({ a, b }) => [
      `${endName(a.local)} - ${endName(b.local)}`,
      createHash("sha256")
        .update(JSON.stringify([half(a), half(b)]))
        .digest("base64url")
        .slice(0, digestLength),
    ]),
  );
}

/**
 * Why a deploy does too much at once; undefined where it does not.
 *
 * @param deployed what runs, as far as it is known
 * @param capPercent share of these links that may be taken away or made anew
 */
export function blastProblem(deployed: LinkDigests, planned: LinkDigests, capPercent: number): string | undefined {
  const gone = [...deployed.keys()].filter((link) => !planned.has(link));
  const anew = [...deployed.keys()].filter((link) => planned.has(link) && planned.get(link) !== deployed.get(link));
  const count = gone.length + anew.length;
  const percent = Math.round((count * 100) / deployed.size);
  if (count <= alwaysAllowed || count * 100 <= deployed.size * capPercent) return undefined;
  return [
    `this would take away ${gone.length} and make anew ${anew.length} of the mesh's ${deployed.size} links: ${percent} %, and fullmesh:blastCapPercent is ${capPercent}`,
    ...(gone.length === 0 ? [] : [`    taken away: ${listed(gone, mostNamed)}`]),
    ...(anew.length === 0 ? [] : [`    made anew: ${listed(anew, mostNamed)}`]),
    "    fix: change fewer nodes at a time; or, if all of it is meant, allow it this once: FULLMESH_ALLOW_BLAST=true pulumi up",
  ].join("\n");
}

/** What runs after a deploy: of links with a node that failed, what ran before. */
export function digestsAfter(deployed: LinkDigests, plan: MeshPlan, failed: ReadonlySet<string>): LinkDigests {
  const planned = linkDigests(plan);
  return new Map(
    plan.links.flatMap(({ a, b }) => {
      const link = `${endName(a.local)} - ${endName(b.local)}`;
      const isDone = !failed.has(a.local.node) && !failed.has(b.local.node);
      const digest = (isDone ? planned : deployed).get(link);
      return digest === undefined ? [] : [[link, digest]];
    }),
  );
}
