/** A step on the way to another key: peers accept it beside the one in use, the node uses it, peers no longer accept the former one. */
export type RotationStep = "accept" | "use" | "drop";

/** Which step comes next for nodes that are to have another key, and what `keys` it gives them; by node. */
export interface Rotation {
  readonly step: RotationStep;
  readonly keys: ReadonlyMap<string, readonly number[]>;
}

/**
 * The next step for nodes that are to have other keys. All of them take a step before any takes the next: where an earlier one did not reach all, it is completed.
 *
 * @param nodes the `keys` of each, at least one node
 */
export function nextStep(nodes: ReadonlyMap<string, readonly number[]>): Rotation {
  const at = (step: RotationStep) => [...nodes].filter(([, keys]) => stepOf(keys) === step);
  const [begun, unfinished] = [at("use"), at("drop")];
  // A node with one key has begun nothing, or has finished while others have not.
  const step =
    begun.length > 0 ? (at("accept").length > 0 ? "accept" : "use") : unfinished.length > 0 ? "drop" : "accept";
  return { step, keys: new Map(at(step).map(([name, keys]) => [name, next(keys)])) };
}

/** A key that no other has had, and none besides: what the node had is refused as soon as it is deployed. */
export function replaced(keys: readonly number[]): readonly number[] {
  return [Math.max(...keys) + 1];
}

function stepOf(keys: readonly number[]): RotationStep {
  const [used = 0, accepted] = keys;
  if (accepted === undefined) return "accept";
  return accepted > used ? "use" : "drop";
}

function next(keys: readonly number[]): readonly number[] {
  const [used = 0, accepted] = keys;
  if (accepted === undefined) return [used, used + 1];
  return accepted > used ? [accepted, used] : [used];
}
