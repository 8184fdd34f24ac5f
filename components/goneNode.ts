import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** What a reviewer reads of a node that will never come back. */
interface GoneNodeDescription {
  readonly gone: string;
}

/**
 * A retired node whose host will never come back. Of its commands only the one with a removal is kept, as the state has it, and marked to be forgotten instead of
 * run: so no host is dialled when it leaves the state. Where the state has none, there is nothing to run either.
 */
export class GoneNode extends pulumi.ComponentResource<GoneNodeDescription> {
  /** `Node` and its `install` by type and name, for they are to be found in the state. */
  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super("fullmesh:index:Node", name, { gone: "for good: its host is not cleaned" }, opts);
    new command.remote.Command(
      `${name}-install`,
      { connection: { host: name }, logging: command.remote.Logging.None, addPreviousOutputInEnv: false },
      { parent: this, ignoreChanges: ["*"], retainOnDelete: true, additionalSecretOutputs: ["stdout", "stderr"] },
    );
    this.registerOutputs();
  }
}
