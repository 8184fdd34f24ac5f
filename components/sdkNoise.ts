import * as pulumi from "@pulumi/pulumi";

/**
 * What makes a large preview slow, and is of use only to those who debug the program: the SDK sends each of its debug lines to the engine as a call of its
 * own, one after the other, whether or not anyone wants to see them; and it takes a stack trace for each resource, whatever the limit in Pulumi.yaml, which
 * ends up in the state. So both are dropped, unless FULLMESH_DEBUG=true.
 */
export function quietSdkNoise(): void {
  if (process.env.FULLMESH_DEBUG === "true") {
    Error.stackTraceLimit = 20;
    return;
  }
  Object.assign(pulumi.log, { debug: () => Promise.resolve() });
  // An error keeps its message, and gets no trace.
  Error.prepareStackTrace = (error) => String(error);
}
