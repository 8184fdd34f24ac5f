import type { RegistryClaims } from "./claims";
import { problemAt, type Problem } from "./problem";
import { nearestWord } from "./nearest";

/** A tag that no node has is a slip of the pen: the rule would do nothing, and nobody would know. */
export function policyRules({ nodes, policyTags }: RegistryClaims): Problem[] {
  const known = [...new Set(nodes.flatMap(({ tags }) => tags.map(({ value }) => value)))].sort();
  return policyTags
    .filter(({ value }) => !known.includes(value))
    .map(({ value, place }) => {
      const near = nearestWord(value, known);
      return problemAt(
        place,
        `no node has the tag ${JSON.stringify(value)}${near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`}`,
        known.length === 0
          ? "give the nodes that are meant the tag"
          : `give nodes the tag, or name one of ${known.join(", ")}`,
      );
    });
}
