import * as pulumi from "@pulumi/pulumi";

/**
 * The SDK sends each of its debug lines to the engine as a call of its own, one after the other, whether or not anyone wants to see them: a third of the time
 * of a large preview. So they are dropped, and stack traces with them (Pulumi.yaml), unless FULLMESH_DEBUG=true.
 */
export function quietDebugLog(): void {
  if (process.env.FULLMESH_DEBUG === "true") {
    Error.stackTraceLimit = 20;
    return;
  }
  Object.assign(pulumi.log, { debug: () => Promise.resolve() });
}
