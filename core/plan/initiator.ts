import type { Endpoint } from "../registry/registry";

/** An endpoint of a node, as far as the choice of who dials is concerned. */
export interface Dialler {
  readonly nodeId: number;
  readonly managed: boolean;
  readonly endpoint: Endpoint;
}

/**
 * Which of two endpoints dials: the one for which the other is better to reach. Where both are alike, the lower id dials if the sum of the ids is even, else
 * the higher, so that the work is spread. Undefined where neither can be dialled. Were both to dial, charon would keep two IKE_SAs for ever.
 *
 * A node that is not managed dials whom it can: others' software does not go by our rules, and ranet dials each node that has an address or name.
 */
export function initiator<T extends Dialler>(one: T, other: T): T | undefined {
  const [ease, easeOfOther] = [easeOfDialling(one.endpoint), easeOfDialling(other.endpoint)];
  if (ease === 0 && easeOfOther === 0) return undefined;
  if (one.managed !== other.managed) {
    const [ours, theirs] = one.managed ? [one, other] : [other, one];
    return easeOfDialling(ours.endpoint) > 0 ? theirs : ours;
  }
  if (ease !== easeOfOther) return ease > easeOfOther ? other : one;
  const [lower, higher] = one.nodeId < other.nodeId ? [one, other] : [other, one];
  return (lower.nodeId + higher.nodeId) % 2 === 0 ? lower : higher;
}

/** An address needs no resolver; without either, an endpoint cannot be dialled. */
function easeOfDialling({ address, dnsName }: Endpoint): number {
  if (address !== undefined) return 2;
  return dnsName === undefined ? 0 : 1;
}
