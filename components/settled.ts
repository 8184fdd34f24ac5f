import type * as pulumi from "@pulumi/pulumi";

/** Resolves when the engine has dealt with a resource, well or not: its URN is known then, whatever became of it. */
export function settled(resource: pulumi.Resource): Promise<void> {
  return new Promise((resolve) => {
    resource.urn.apply(() => {
      resolve();
    });
  });
}
