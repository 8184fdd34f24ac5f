import type { HostFile } from "../../core/render/hostFile";
import { FakeHost } from "./fakeHost";

/** What a bundle makes of a host that had nothing else. */
export function contents(files: readonly HostFile[]): Readonly<Record<string, string>> {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return Object.fromEntries(sorted.map(({ path, content }) => [path, content]));
}

/** How many commands `apply` has to bring a host from one bundle to another; nothing stands for a host without any. */
export function stepsBetween(first: readonly HostFile[], second: readonly HostFile[]): number {
  return withHost(first, (host) => host.applyKilled(second, undefined).steps);
}

/**
 * Kills `apply` at one of these commands. The host must have the files of one bundle after a boot, whichever, and before it, too, if the second was not committed;
 * and the next `apply` must bring it to the second.
 *
 * @returns which it was after the boot
 */
export function expectOldOrNew(first: readonly HostFile[], second: readonly HostFile[], at: number): "old" | "new" {
  return withHost(first, (host) => {
    expect([at, host.applyKilled(second, at).killed]).toEqual([at, true]);
    const wasCommitted = host.has("var/lib/fullmesh/committed");
    const atOnce = host.etc();
    const boot = host.boot();
    expect([at, boot.status, boot.stderr]).toEqual([at, 0, ""]);
    const outcome = JSON.stringify(host.etc()) === JSON.stringify(contents(second)) ? "new" : "old";
    const whole = contents(outcome === "new" ? second : first);
    expect([at, host.etc()]).toEqual([at, whole]);
    if (!wasCommitted) expect([at, atOnce]).toEqual([at, whole]);
    const completed = host.apply(second);
    expect([at, completed.status, completed.stderr]).toEqual([at, 0, ""]);
    expect([at, host.etc()]).toEqual([at, contents(second)]);
    expect([at, host.state()]).toEqual([at, ["files", "good"]]);
    return outcome;
  });
}

function withHost<T>(files: readonly HostFile[], work: (host: FakeHost) => T): T {
  const host = new FakeHost("fra1");
  try {
    if (files.length > 0) expect(host.apply(files).stderr).toBe("");
    return work(host);
  } finally {
    host.remove();
  }
}
