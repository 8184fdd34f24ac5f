import { someOf } from "./someOf";
import type { RegistryClaims } from "./claims";
import { problemAt, type Problem } from "./problem";
import { nearestWord } from "./nearest";

/** Whoever misspelt more tags meant something else; and each is compared with all. */
const maxHints = 100;

/** A tag that no node has is a slip of the pen: the rule would do nothing, and nobody would know. */
export function policyRules({ nodes, policyTags }: RegistryClaims): Problem[] {
  const tags = new Set(nodes.flatMap((node) => node.tags.map(({ value }) => value)));
  const known = [...tags].sort();
  return policyTags
    .filter(({ value }) => !tags.has(value))
    .map(({ value, place }, index) => {
      const near = index < maxHints ? nearestWord(value, known) : undefined;
      return problemAt(
        place,
        `no node has the tag ${JSON.stringify(value)}${near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`}`,
        known.length === 0
          ? "give the nodes that are meant the tag"
          : `give nodes the tag, or name one of ${someOf(known)}`,
      );
    });
}
