import type { UnmanagedNode } from "../plan/plan";
import { fingerprint } from "./fingerprint";
import { describeUnderlay } from "./underlay";

/** What a node is that somebody else runs, for review. */
export interface UnmanagedNodeDescription {
  /** Number of the node; addresses and interface ids derive from it. */
  readonly nodeId: number;
  readonly organization: string;
  /** Its name within the organization. */
  readonly commonName: string;
  /** Words that the policy selects nodes by, if it has any. */
  readonly tags?: readonly string[];
  /** False: nothing is deployed to it. */
  readonly managed: boolean;
  /** SHA-256 fingerprint of its public key, in OpenSSH's form. */
  readonly key: string;
  /** Overlay address. */
  readonly ipv4: string;
  /** Overlay address. */
  readonly ipv6: string;
  /** The ways to reach it: family, underlay address or DNS name, and port; `*` for an address that is not known beforehand. */
  readonly endpoints: readonly string[];
  /** Networks behind the node that it may announce. */
  readonly prefixes: readonly string[];
}

/** As its reader wants to see it. */
export function describeUnmanagedNode(plan: UnmanagedNode): UnmanagedNodeDescription {
  const { id, organization, commonName, tags, managed, publicKey, overlay, endpoints, prefixes } = plan;
  return {
    nodeId: id,
    organization,
    commonName,
    ...(tags.length === 0 ? {} : { tags }),
    managed,
    key: fingerprint(publicKey),
    ipv4: overlay.ipv4,
    ipv6: overlay.ipv6,
    endpoints: endpoints.map((endpoint) => `${endpoint.family} ${describeUnderlay(endpoint)}`),
    prefixes,
  };
}
