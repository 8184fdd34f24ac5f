import type { Endpoint } from "../registry/registry";

/** An endpoint of a node, as far as the choice of who dials is concerned. */
export interface Dialler {
  readonly nodeId: number;
  readonly endpoint: Endpoint;
}

/**
 * Which of two endpoints dials: the one that can reach the other. Where both can, the lower id dials if the sum of the ids is even, else
 * the higher, so that the work is spread. Undefined where neither has an address. Were both to dial, charon would keep two IKE_SAs for ever.
 */
export function initiator<T extends Dialler>(one: T, other: T): T | undefined {
  const canDialOne = one.endpoint.address !== undefined;
  const canDialOther = other.endpoint.address !== undefined;
  if (canDialOne && canDialOther) {
    const [lower, higher] = one.nodeId < other.nodeId ? [one, other] : [other, one];
    return (lower.nodeId + higher.nodeId) % 2 === 0 ? lower : higher;
  }
  if (canDialOther) return one;
  if (canDialOne) return other;
  return undefined;
}
