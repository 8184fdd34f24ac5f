import type { Action } from "./actions";

/** A daemon whose restart interrupts something. */
export type Daemon = "charon" | "babeld";

/** What its restart does, on the nodes that it is restarted on. */
export const restartEffects: Readonly<Record<Daemon, string>> = {
  charon: "charon: its links are down until they are made anew, some seconds each",
  babeld:
    "babeld: for some seconds ways over a relay and to networks behind nodes are not there; nodes with a link go on over it",
};

/** The daemons that these actions restart. */
export function restartedBy(actions: readonly Action[]): readonly Daemon[] {
  return (["charon", "babeld"] as const).filter((daemon) => actions.includes(`${daemon}-restart`));
}

/**
 * What a change restarts, a line a daemon, for the preview.
 *
 * @param restarts by daemon, names of nodes
 */
export function describeRestarts(restarts: ReadonlyMap<Daemon, ReadonlySet<string>>): readonly string[] {
  return [...restarts].map(([daemon, nodes]) => {
    const names = [...nodes].sort().join(", ");
    return `${names}: ${nodes.size > 1 ? "one after the other, " : ""}restart of ${restartEffects[daemon]}`;
  });
}
