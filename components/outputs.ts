import * as pulumi from "@pulumi/pulumi";

/**
 * The same value, as secret and as known as it was, without a record of the resources that it comes from.
 *
 * The engine (3.259) deletes a key that the program no longer has even where a command that depends on it failed, as on a host that is away, and keeps its old
 * state; then it cannot save its own: "snapshot integrity failure". The order in which things are made does not need the record, since a value is awaited.
 */
export function withoutDependencies<T>(output: pulumi.Output<T>): pulumi.Output<T> {
  const { promise, isKnown, isSecret } = output as unknown as Internals<T>;
  const Output = pulumi.Output as unknown as OutputConstructor;
  return new Output([], promise(true), isKnown, isSecret, Promise.resolve([]));
}

/** What the SDK (3.248.0) marks as internal in its class OutputImpl. */
interface Internals<T> {
  readonly promise: (withUnknowns: true) => Promise<T>;
  readonly isKnown: Promise<boolean>;
  readonly isSecret: Promise<boolean>;
}

type OutputConstructor = new <T>(
  resources: readonly pulumi.Resource[],
  value: Promise<T>,
  isKnown: Promise<boolean>,
  isSecret: Promise<boolean>,
  allResources: Promise<readonly pulumi.Resource[]>,
) => pulumi.Output<T>;
