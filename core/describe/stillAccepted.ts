import type { StillAccepted } from "../diff/stillAccepted";
import { listed } from "../registry/listed";
import type { NodeFailure } from "./failures";
import { fingerprint } from "./fingerprint";

/** More nodes are counted. */
const mostNamed = 8;

/** What the script `apply` says where it fails, and has refused the keys of peers that its bundle does not accept before that (host/apply.sh, end). */
const refusesAllTheSame = /^.*it refuses the keys all the same that are not accepted any more$/m;

/** Whether a node that failed has taken in before that which keys are refused. */
export function refusesKeys({ reason }: NodeFailure): boolean {
  return refusesAllTheSame.test(reason);
}

/** What a person must know of revoked keys that some nodes may still accept; undefined where there are none. */
export function describeStillAccepted(all: readonly StillAccepted[]): string | undefined {
  if (all.length === 0) return undefined;
  const byKey = new Map(all.map(({ peer, key }) => [key, { peer, key }]));
  return [
    "keys that the mesh no longer accepts, and that nodes may still accept, for this deploy failed there:",
    ...[...byKey.values()].map(({ peer, key }) => {
      const nodes = all.filter((each) => each.key === key).map(({ node }) => node);
      return `  the key ${fingerprint(key)} of ${peer}: ${listed(nodes, mostNamed)}`;
    }),
    "Until `pulumi up` reaches them, whoever has such a key has a link with them: see to them first, or take them off the network.",
  ].join("\n");
}
