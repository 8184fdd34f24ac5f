import * as pulumi from "@pulumi/pulumi";
import type { ConnectionDescription } from "../core/describe/connection";

/** What a reviewer reads of one node's half of a link. */
export interface ConnectionArgs extends ConnectionDescription {
  /** SHA-256 fingerprint of the peer's public key, in OpenSSH's form. */
  readonly peerKey: pulumi.Input<string>;
}

/**
 * One node's half of a link, for review only: it reaches no host. The node's `apply` carries all of its halves at once, because each remote
 * command is an SSH login of its own.
 */
export class Connection extends pulumi.ComponentResource<ConnectionArgs> {
  constructor(name: string, args: ConnectionArgs, opts: pulumi.ComponentResourceOptions) {
    super("fullmesh:index:Connection", name, args, opts);
    this.registerOutputs();
  }
}
