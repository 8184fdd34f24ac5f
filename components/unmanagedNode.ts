import * as pulumi from "@pulumi/pulumi";
import { describeUnmanagedNode, type UnmanagedNodeDescription } from "../core/describe/unmanagedNode";
import type { UnmanagedNode as UnmanagedNodePlan } from "../core/plan/plan";

/** A node that somebody else runs. For review only: it reaches no host, and has no key of ours and no halves of links. */
export class UnmanagedNode extends pulumi.ComponentResource<UnmanagedNodeDescription> {
  /** `Node` like the others, so that nothing is replaced but what must be when a node changes hands. */
  constructor(plan: UnmanagedNodePlan, opts: pulumi.ComponentResourceOptions) {
    super("fullmesh:index:Node", plan.name, describeUnmanagedNode(plan), opts);
    this.registerOutputs();
  }
}
