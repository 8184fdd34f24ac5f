import type { HostFile } from "../../core/render/hostFile";
import { FakeHost } from "./fakeHost";
import { after, afterWithUplink, before } from "./twoBundles";
import { withoutKeys } from "./withoutKeys";

/** A run of `apply` that is to be killed. */
export interface Run {
  /** What the host has; nothing for a host without any bundle. */
  readonly first: readonly HostFile[];
  /** What it is to have. */
  readonly second: readonly HostFile[];
  /** Whether charon refuses a connection of the second, so that the node goes back to the first. */
  readonly refused: boolean;
}

/** Runs that differ in what `apply` does. */
export const runs: readonly (readonly [string, Run])[] = [
  ["the first bundle", { first: [], second: after, refused: false }],
  ["a bundle in place of another", { first: before, second: after, refused: false }],
  ["a service that goes", { first: afterWithUplink, second: before, refused: false }],
  ["a bundle that charon refuses", { first: before, second: after, refused: true }],
];

/** What a bundle makes of a host that had nothing else. */
export function contents(files: readonly HostFile[]): Readonly<Record<string, string>> {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return Object.fromEntries(sorted.map(({ path, content }) => [path, content]));
}

/** How many commands the run has. */
export function stepsOf(run: Run): number {
  return withHost(run, (host) => host.applyKilled(run.second, undefined).steps);
}

/**
 * Kills `apply` at one of its commands. The host must have the files of one bundle after a boot, whichever, and before it, too, if none was committed; but of the
 * first it may lack the keys that the second does not accept. The next `apply`, of which charon refuses nothing, must bring it to the second.
 *
 * @returns which it was after the boot
 */
export function expectOldOrNew(run: Run, at: number): "old" | "new" {
  return withHost(run, (host) => {
    expect([at, host.applyKilled(run.second, at).killed]).toEqual([at, true]);
    const isCommitted = host.has("var/lib/fullmesh/committed");
    const atOnce = host.etc();
    expectBoot(host, at);
    const outcome = JSON.stringify(host.etc()) === JSON.stringify(contents(run.second)) ? "new" : "old";
    const wholes = outcome === "new" ? [run.second] : [run.first, withoutKeys(run.first, run.second)];
    expect(wholes.map(contents)).toContainEqual(host.etc());
    if (!isCommitted) expect([at, atOnce]).toEqual([at, host.etc()]);
    expectCompleted(host, run, at);
    return outcome;
  });
}

/** How many commands there are to what a boot does, where power was lost when a bundle was just committed. */
export function stepsOfBoot(run: Run): number {
  return withCommitted(run, (host) => host.bootKilled(undefined).steps);
}

/** Kills what a boot does, too: the next boot must bring the host to the second bundle. */
export function expectNew(run: Run, at: number): void {
  withCommitted(run, (host) => {
    expect([at, host.bootKilled(at).killed]).toEqual([at, true]);
    expectBoot(host, at);
    expect([at, host.etc()]).toEqual([at, contents(run.second)]);
    expectCompleted(host, run, at);
  });
}

function expectBoot(host: FakeHost, at: number): void {
  const { status, stderr } = host.boot();
  expect([at, status, stderr]).toEqual([at, 0, ""]);
}

function expectCompleted(host: FakeHost, { second }: Run, at: number): void {
  host.refuse("false");
  const { status, stderr } = host.apply(second);
  expect([at, status, stderr]).toEqual([at, 0, ""]);
  expect([at, host.etc()]).toEqual([at, contents(second)]);
  expect([at, host.state()]).toEqual([at, ["files", "good", "record"]]);
}

function withHost<T>({ first, refused }: Run, work: (host: FakeHost) => T): T {
  const host = new FakeHost("fra1");
  try {
    if (first.length > 0) expect(host.apply(first).stderr).toBe("");
    if (refused) host.refuse(`[ -e ${host.root}/etc/swanctl/conf.d/fm400-sao1.conf ]`);
    return work(host);
  } finally {
    host.remove();
  }
}

function withCommitted<T>(run: Run, work: (host: FakeHost) => T): T {
  return withHost(run, (host) => {
    const paths = [...run.first, ...run.second].map(({ path }) => `${host.root}${path}\n`);
    host.write("var/lib/fullmesh/files", [...new Set(paths)].sort().join(""));
    host.write("var/lib/fullmesh/committed", host.bundle(run.second));
    return work(host);
  });
}
