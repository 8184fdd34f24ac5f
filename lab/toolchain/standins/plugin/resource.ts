import type { Changes } from "./diff";
import type { ResourceLog } from "./engineLog";
import type { PropertyMap } from "./propertyValue";

/** A property that the user has to mend. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** Inputs with defaults filled in, or what is wrong with them. */
export interface Checked {
  readonly inputs: PropertyMap;
  readonly failures: readonly CheckFailure[];
}

/** What a change needs. */
export interface ResourceDiff {
  readonly changes: Changes;
  /** Whether the changes can be made only by a new resource. */
  readonly replace: boolean;
}

/** What a call knows besides its property maps. */
export interface ResourceContext {
  /** The resource's logical name. */
  readonly name: string;
  /** True in a preview: nothing may be touched, and what only a real run can tell is unknown. */
  readonly preview: boolean;
  readonly log: ResourceLog;
  /** Aborted when the user cancels the update. */
  readonly signal: AbortSignal;
}

/** One resource type of a provider. */
export interface Resource {
  check(news: PropertyMap): Checked;
  diff(oldInputs: PropertyMap, news: PropertyMap): ResourceDiff;
  create(
    context: ResourceContext,
    inputs: PropertyMap,
  ): Promise<{ readonly id: string; readonly outputs: PropertyMap }>;
  update(context: ResourceContext, state: PropertyMap, inputs: PropertyMap): Promise<PropertyMap>;
  delete(context: ResourceContext, state: PropertyMap): Promise<void>;
}

/** A provider plugin. */
export interface Provider {
  readonly version: string;
  /** What the official provider adds to the inputs of its provider resource in the state. */
  readonly configInputs: PropertyMap;
  /** Resource types by their token, such as `tls:index/privateKey:PrivateKey`. */
  readonly resources: ReadonlyMap<string, Resource>;
}
