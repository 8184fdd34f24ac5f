import type { MeshPlan } from "./plan";

/**
 * Above so many relays babel is busy with itself: each tells each of its peers each route. Measured with 60 (settles, 2 % of a processor on each) and 100 (does
 * not settle in minutes) daemons on two cores.
 */
export const manyRelays = 60;

/** A hundred nodes behind NAT are thousands of pairs. */
const mostPairs = 20;

/** What a reviewer should know of a plan and nothing is wrong with. */
export function planWarnings({ nodes, unlinked }: MeshPlan): readonly string[] {
  const relays = nodes.filter((node) => node.relays).length;
  // What the policy wants is no surprise.
  const pairs = unlinked.filter(({ reason }) => reason !== "the policy keeps them apart");
  return [
    ...(relays > manyRelays
      ? [
          `${relays} nodes relay for each other, more than the ${manyRelays} that babel settles with: name 4 to 8 in _policy.yaml, for example \`transit: [hub]\``,
        ]
      : []),
    ...pairs
      .slice(0, mostPairs)
      .map(
        ({ a, b, reason, via }) =>
          `${a} and ${b} have no direct link (${reason}): they reach each other by way of ${(via ?? []).join(", ")}`,
      ),
    ...(pairs.length > mostPairs
      ? [
          `${pairs.length - mostPairs} more pairs have no direct link: in the preview, each node's \`noLinkWith\` names them all`,
        ]
      : []),
  ];
}
