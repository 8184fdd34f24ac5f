import { releasesWithout, type Need } from "../plan/needs";
import type { MeshPlan, NodePlan } from "../plan/plan";
import { isPrivateNetwork, networkOf } from "../registry/addresses";
import { listed } from "../registry/listed";
import { unlinkedWords } from "./unlinked";

/**
 * Above so many relays babel is busy with itself: each tells each of its peers each route. As many settle on two
 * emulated processors (`npm run bench:relays`); it was not measured with more.
 */
export const manyRelays = 40;

/** A hundred nodes behind NAT are thousands of pairs. */
const mostPairs = 20;

/** What a reviewer should know of a plan and nothing is wrong with. */
export function planWarnings({ overlay, nodes, unlinked, needs }: MeshPlan): readonly string[] {
  const relays = nodes.filter((node) => node.relays).length;
  // What the policy wants is no surprise.
  const pairs = unlinked.filter(({ reason }) => reason !== "policy");
  return [
    ...[overlay.ipv4, overlay.ipv6].flatMap(publicOverlay),
    ...nodes.flatMap(publicPrefixes),
    ...needs.flatMap(newerThanReleased),
    ...(relays > manyRelays
      ? [
          `${relays} nodes relay for each other, more than the ${manyRelays} that babel settles with: name 4 to 8 in _policy.yaml, for example \`transit: [hub]\``,
        ]
      : []),
    ...pairs
      .slice(0, mostPairs)
      .map(
        ({ a, b, reason, via }) =>
          `${a} and ${b} have no direct link (${unlinkedWords[reason]}): they reach each other by way of ${(via ?? []).join(", ")}`,
      ),
    ...(pairs.length > mostPairs
      ? [
          `${pairs.length - mostPairs} more pairs have no direct link: in the preview, each node's \`noLinkWith\` names them all`,
        ]
      : []),
  ];
}

/** Not refused: whoever owns public addresses may use them for an overlay. */
function publicOverlay(network: string): readonly string[] {
  if (isPrivateNetwork(networkOf(network))) return [];
  return [
    `the overlay ${network} is not private address space (RFC 1918, 6598, 4193): unless it is your own, the nodes no longer reach whoever has it on the Internet`,
  ];
}

/** A peer's endpoint may be in one by its DNS name, which only the nodes look up: then no packet for it leaves any more. */
function publicPrefixes({ name, prefixes }: NodePlan): readonly string[] {
  const own = prefixes.filter((prefix) => !isPrivateNetwork(networkOf(prefix)));
  if (own.length === 0) return [];
  return [
    `${name} announces ${listed(own, 4)}, not private address space (RFC 1918, 6598, 4193): whatever the other nodes send there goes into the mesh, and so would links with a peer whose DNS name has an address there`,
  ];
}

/** Only the host itself can tell what it has. */
function newerThanReleased(need: Need): readonly string[] {
  const without = releasesWithout(need);
  if (without.length === 0) return [];
  return [
    `${need.what} needs strongSwan ${need.strongswan}, newer than that of ${listed(without, 4)}: a host that has not been given one is refused before anything is changed on it`,
  ];
}
