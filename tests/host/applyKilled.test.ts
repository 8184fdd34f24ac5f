import { FakeHost } from "./fakeHost";
import { contents, expectNew, expectOldOrNew, runs, stepsOf, stepsOfBoot } from "./killedApply";
import { after, afterWithUplink, before } from "./twoBundles";

/** The script `apply`, killed with all that it has started at some of its commands. `npm run soak:apply` does it at each. */
let host: FakeHost;

beforeEach(() => {
  host = new FakeHost("fra1");
});

afterEach(() => {
  host.remove();
});

/** Evenly spread. */
function points(steps: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => Math.round(((index + 0.5) * steps) / count));
}

test.each(runs)(
  "%s: after a boot the files are the old or the new ones, and the next apply completes it",
  (_, run) => {
    const outcomes = points(stepsOf(run), 5).map((at) => expectOldOrNew(run, at));
    expect(new Set(outcomes)).toEqual(new Set(["old", "new"]));
  },
  60_000,
);

test("a boot that is cut short is completed by the next", () => {
  const run = { first: before, second: after, refused: false };
  for (const at of points(stepsOfBoot(run), 5)) expectNew(run, at);
});

test("a boot after a bundle that was not cut short changes nothing", () => {
  host.apply(before);
  host.calls();
  expect(host.boot()).toMatchObject({ status: 0, stderr: "" });
  expect(host.etc()).toEqual(contents(before));
  expect(host.calls()).toEqual([]);
});

test("a boot enables and starts what the bundle brings, before it was acted upon", () => {
  const steps = stepsOf({ first: [], second: afterWithUplink, refused: false });
  for (let at = 20; at < steps && !host.has("var/lib/fullmesh/committed"); at += 5)
    host.applyKilled(afterWithUplink, at);
  host.calls();
  host.boot();
  const services =
    "fullmesh-firewall.service fullmesh-links.service strongswan.service fullmesh-babeld.service fullmesh-healer.timer fullmesh-uplinks.service";
  expect(host.calls().filter((call) => call.startsWith("systemctl"))).toEqual([
    "systemctl is-active --quiet strongswan.service",
    "systemctl daemon-reload",
    `systemctl --quiet enable ${services}`,
    `systemctl --no-block start ${services}`,
  ]);
});

test("what was left undone is done by the next apply, but for what the next bundle takes back", () => {
  host.apply(before);
  const { steps } = host.applyKilled(after, undefined);
  for (let at = steps; at > 0 && !host.has("var/lib/fullmesh/placed"); at -= 3) {
    host.apply(before);
    host.applyKilled(after, at);
  }
  // charon has not been told of these.
  expect(host.etc()).toEqual(contents(after));
  host.calls();
  host.apply(before);
  expect(host.etc()).toEqual(contents(before));
  expect(host.calls().filter((call) => /^(dial|swanctl) /.test(call))).toEqual([
    "swanctl --load-conns",
    "dial revoke",
    "dial missing",
  ]);
});
