import type * as pulumi from "@pulumi/pulumi";

/** Resolves when the engine has dealt with a resource, well or not: its URN is known then, whatever became of it. */
export function settled(resource: pulumi.Resource): Promise<void> {
  return new Promise((resolve) => {
    resource.urn.apply(() => {
      resolve();
    });
  });
}

/** Resolves with the value of an output when it is known, which in a preview it may never be. */
export function known<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply((value) => {
      resolve(value);
    });
  });
}
