import * as pulumi from "@pulumi/pulumi";
import type { UnmanagedNode as UnmanagedNodePlan } from "../core/plan/plan";
import { fingerprint } from "./fingerprint";

/** What a node is that somebody else runs, for review. */
export interface UnmanagedNodeArgs {
  /** Number of the node; addresses and interface ids derive from it. */
  nodeId: number;
  organization: string;
  /** Its name within the organization. */
  commonName: string;
  /** False: nothing is deployed to it. */
  managed: boolean;
  /** SHA-256 fingerprint of its public key, in OpenSSH's form. */
  key: string;
  /** Overlay address. */
  ipv4: string;
  /** Overlay address. */
  ipv6: string;
  /** Networks behind the node that it may announce. */
  prefixes: readonly string[];
}

/** A node that somebody else runs. For review only: it reaches no host, and has no key of ours and no halves of links. */
export class UnmanagedNode extends pulumi.ComponentResource<UnmanagedNodeArgs> {
  /** `Node` like the others, so that nothing is replaced but what must be when a node changes hands. */
  constructor(plan: UnmanagedNodePlan, opts: pulumi.ComponentResourceOptions) {
    const { id, organization, commonName, managed, publicKey, overlay, prefixes } = plan;
    const args = { nodeId: id, organization, commonName, managed, key: fingerprint(publicKey), ...overlay, prefixes };
    super("fullmesh:index:Node", plan.name, args, opts);
    this.registerOutputs();
  }
}
