import * as pulumi from "@pulumi/pulumi";
import type { UnmanagedNode as UnmanagedNodePlan } from "../core/plan/plan";
import { fingerprint } from "./fingerprint";
import { describeUnderlay } from "./underlay";

/** What a node is that somebody else runs, for review. */
export interface UnmanagedNodeArgs {
  /** Number of the node; addresses and interface ids derive from it. */
  nodeId: number;
  organization: string;
  /** Its name within the organization. */
  commonName: string;
  /** Words that the policy selects nodes by, if it has any. */
  tags?: readonly string[];
  /** False: nothing is deployed to it. */
  managed: boolean;
  /** SHA-256 fingerprint of its public key, in OpenSSH's form. */
  key: string;
  /** Overlay address. */
  ipv4: string;
  /** Overlay address. */
  ipv6: string;
  /** The ways to reach it: family, underlay address or DNS name, and port; `*` for an address that is not known beforehand. */
  endpoints: readonly string[];
  /** Networks behind the node that it may announce. */
  prefixes: readonly string[];
}

/** A node that somebody else runs. For review only: it reaches no host, and has no key of ours and no halves of links. */
export class UnmanagedNode extends pulumi.ComponentResource<UnmanagedNodeArgs> {
  /** `Node` like the others, so that nothing is replaced but what must be when a node changes hands. */
  constructor(plan: UnmanagedNodePlan, opts: pulumi.ComponentResourceOptions) {
    super("fullmesh:index:Node", plan.name, describeUnmanagedNode(plan), opts);
    this.registerOutputs();
  }
}

function describeUnmanagedNode(plan: UnmanagedNodePlan): UnmanagedNodeArgs {
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
