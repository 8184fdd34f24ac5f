/**
 * Resources that the official provider takes from a Terraform provider: made once, never changed, replaced when an input changes.
 * What their state looks like is known from the recordings in the providers' own upgrade tests
 * (pulumi/pulumi-tls and pulumi/pulumi-random, provider/testdata/recorded/TestProviderUpgrade).
 */
import { diffMaps } from "./diff";
import { containsUnknown, plainMap, secret, UNKNOWN, type PropertyMap } from "./propertyValue";
import type { CheckFailure, Resource } from "./resource";

/** A new resource. */
export interface Made {
  readonly id: string;
  /** Outputs that are not inputs, without `id` and without secret marks. */
  readonly outputs: PropertyMap;
}

/** One such resource type. */
export interface BridgedResource {
  /** Version of the Terraform schema, which the state keeps where it is above 0. */
  readonly schemaVersion: number;
  /** Values of inputs that are not given. */
  defaults(inputs: PropertyMap): PropertyMap;
  /** Names of the outputs of `make`. */
  readonly outputs: readonly string[];
  readonly secretOutputs: readonly string[];
  /** What is wrong with inputs that are all known. */
  failures(inputs: PropertyMap): CheckFailure[];
  /** Makes the resource from known inputs with defaults. */
  make(inputs: PropertyMap): Made;
}

/** Gives such a resource type the engine's protocol. */
export function bridgedResource(type: BridgedResource): Resource {
  const complete = (inputs: PropertyMap): PropertyMap => ({
    ...type.defaults(plainMap(inputs)),
    ...withoutNulls(inputs),
  });
  return {
    check(news) {
      const known = Object.fromEntries(Object.entries(plainMap(news)).filter(([, value]) => !containsUnknown(value)));
      return { inputs: news, failures: type.failures(known) };
    },

    diff(oldInputs, news) {
      return { changes: diffMaps(complete(oldInputs), complete(news)), replace: true };
    },

    create(context, inputs) {
      const all = complete(inputs);
      if (context.preview) {
        const unknown = Object.fromEntries(["id", ...type.outputs].map((name) => [name, UNKNOWN]));
        return Promise.resolve({ id: "", outputs: { ...all, ...unknown } });
      }
      const { id, outputs } = type.make(plainMap(all));
      for (const name of type.secretOutputs) if (outputs[name] !== undefined) outputs[name] = secret(outputs[name]);
      return Promise.resolve({ id, outputs: { ...meta(type), ...all, ...outputs, id } });
    },

    update: (_context, state) => Promise.resolve(state),

    /** Such a resource is nowhere but in the state. */
    delete: () => Promise.resolve(),
  };
}

function meta({ schemaVersion }: BridgedResource): PropertyMap {
  return schemaVersion === 0 ? {} : { __meta: JSON.stringify({ schema_version: String(schemaVersion) }) };
}

function withoutNulls(map: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(map).filter(([name, value]) => value !== null && !name.startsWith("__")));
}
