import { hostPaths, type HostFile } from "../render/hostFile";
import type { Action } from "./actions";

/** A daemon whose restart interrupts something. */
export type Daemon = "charon" | "babeld";

/** What its restart does, on the nodes that it is restarted on. */
export const restartEffects: Readonly<Record<Daemon, string>> = {
  charon: "charon: its links are down until they are re-established, some seconds each",
  babeld:
    "babeld: for some seconds ways over a relay and to networks behind nodes are not there; nodes with a link go on over it",
};

/** The daemons that these actions restart. */
export function restartedBy(actions: readonly Action[]): readonly Daemon[] {
  return (["charon", "babeld"] as const).filter((daemon) => actions.includes(`${daemon}-restart`));
}

/**
 * Whether nodes with this change must restart babeld together. babeld (1.12.1 and 1.13.1, with MACs) forgets a neighbour that has answered its challenge and not
 * sent a hello yet, whenever it looks through its neighbours, which it does as often as the most frequent hellos come: it never hears one that sends them less
 * often than others do.
 */
export function mustRestartTogether(before: readonly HostFile[], after: readonly HostFile[]): boolean {
  const intervals = (files: readonly HostFile[]): string => {
    const text = files.find(({ path }) => path === hostPaths.babeld)?.content ?? "";
    return [...new Set(text.match(/hello-interval \S+/g))].join();
  };
  return intervals(before) !== intervals(after);
}

/**
 * What a change restarts, a line a daemon, for the preview.
 *
 * @param restarts by daemon, names of nodes
 * @param together whether nodes do not wait for one another
 */
export function describeRestarts(
  restarts: ReadonlyMap<Daemon, ReadonlySet<string>>,
  together: boolean,
): readonly string[] {
  return [...restarts].map(([daemon, nodes]) => {
    const names = [...nodes].sort().join(", ");
    return `${names}: ${nodes.size > 1 ? `${together ? "all at once" : "one after the other"}, ` : ""}restart of ${restartEffects[daemon]}`;
  });
}
