import { FakeHost } from "./fakeHost";
import { contents } from "./killedApply";
import { after, before } from "./twoBundles";

const switchedOff = "var/lib/fullmesh/switched-off";

/** A boot after a change that was cut short, on a node where the mesh is switched off or not. */
function boot(off: boolean) {
  const host = new FakeHost("fra1");
  try {
    host.apply(before);
    // Somewhere in its files.
    for (let at = 100; !host.state().includes("committed"); at += 10) host.applyKilled(after, at);
    if (off) host.write(switchedOff, "");
    host.calls();
    expect(host.boot().status).toBe(0);
    return { etc: host.etc(), begun: host.calls().filter((call) => /^systemctl .*\b(enable|start)\b/.test(call)) };
  } finally {
    host.remove();
  }
}

test("a boot completes the files, and starts what is new", () => {
  const { etc, begun } = boot(false);
  expect(etc).toEqual(contents(after));
  expect(begun).toEqual([expect.stringContaining(" enable "), expect.stringContaining(" start ")]);
});

test("where the mesh is switched off, it completes the files and starts nothing", () => {
  const { etc, begun } = boot(true);
  expect(etc).toEqual(contents(after));
  expect(begun).toEqual([]);
});
