import type { HostFile } from "../../core/render/hostFile";
import { hostPaths } from "../../core/render/hostFile";
import { apply, applyKilled, filesOf, killThenComplete, stateOf, stepsOf, type Applied } from "./hostBundles";
import { lossy, SteadyPing } from "./steadyPing";
import { TestMesh } from "./testMesh";

/** What becomes of a host whose apply is killed, fails, or meets another. */
let mesh: TestMesh;
let old: readonly HostFile[];
let wanted: readonly HostFile[];

TestMesh.setUp("packaged", (made) => {
  mesh = made;
  for (const name of ["fra1", "nyc1", "tyo1"] as const) mesh.writeNode(name);
});

const print = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const associations = "swanctl --list-sas | grep -o '#[0-9]*, .*_i\\*\\? .*_r' | sort";
const reachesBoth = "ping -n -q -c 1 -W 1 10.43.0.1 >/dev/null && ping -n -q -c 1 -W 1 10.43.0.3 >/dev/null";

/** nyc1's files with other words in one of them. */
function changed(path: string, from: string | RegExp, to: string): readonly HostFile[] {
  return old.map((file) => {
    if (file.path !== path) return file;
    const content = file.content.replace(from, to);
    if (content === file.content) throw new Error(`${path} has no ${from.toString()}`);
    return { ...file, content };
  });
}

test("up", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  old = await filesOf(mesh, "nyc1");
  mesh.writeNode("nyc1", {
    endpoints: [{ serial: 0, family: "ip4", address: mesh.host("nyc1").ip4, interface: "eth0", mtu: 1400, cost: 7 }],
    prefixes: ["10.9.0.0/24"],
  });
  wanted = await filesOf(mesh, "nyc1");
  mesh.writeNode("nyc1");
});

let second: Promise<Applied>;

test("of two at once, the second waits for the first, and fails when that takes more than a minute", async () => {
  const files = await filesOf(mesh, "fra1");
  await mesh.on("fra1", "setsid flock /run/fullmesh/lock sleep 5 >/dev/null 2>&1 </dev/null & sleep 0.5");
  const { status, seconds } = await apply(mesh, "fra1", files);
  print(`a change that takes 5 s: the next one ended well after ${seconds} s`);
  expect(status).toBe(0);
  expect(seconds).toBeGreaterThan(4);
  await mesh.on("fra1", "setsid flock /run/fullmesh/lock sleep 90 >/dev/null 2>&1 </dev/null & sleep 0.5");
  second = apply(mesh, "fra1", files);
});

test.each([
  [
    "charon refuses a connection",
    () => changed(`${hostPaths.swanctlConnections}/fm300-tyo1.conf`, /local_port = .*/, "proposals = nonsense"),
    /charon refused a connection: [^]*proposals[^]*went back to the files of its last successful/,
  ],
  [
    "babeld does not start",
    () => changed(hostPaths.babeld, hostPaths.babelSocket, "/nowhere/babeld.sock"),
    /babeld did not start[^]*went back to the files of its last successful/,
  ],
  [
    "nft would refuse the rules",
    () => changed(hostPaths.firewall, "priority mangle", "priority nonsense"),
    /nft would refuse the rules, nothing was written: /,
  ],
  [
    "babeld would refuse its configuration",
    () => changed(hostPaths.babeld, "skip-kernel-setup", "skip-nothing"),
    /babeld would not start with its configuration, nothing was written: .*\(error at line 6\)/,
  ],
])("%s: the node works on with the files before", async (_, files, message) => {
  const then = await mesh.on("nyc1", associations);
  const ping = await SteadyPing.start(mesh.lab, mesh.plan());
  const { status, stderr, seconds } = await apply(mesh, "nyc1", files());
  // Their last packets are not to be the only ones that show a loss.
  await mesh.on("nyc1", "sleep 3");
  const losses = await ping.stop();
  const sent = losses.reduce((sum, loss) => sum + loss.sent, 0);
  print(
    `${seconds} s; ${sent} packets sent, ${lossy(losses).length} of ${losses.length} paths lost any\n${stderr.trim()}`,
  );
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(await stateOf(mesh, "nyc1", { old })).toBe("old");
  expect(await mesh.on("nyc1", associations)).toBe(then);
  expect(losses).toHaveLength(12);
  expect(lossy(losses)).toEqual([]);
});

/** The command of `apply` that puts the third file in place, when it brings the new ones. */
let halfWay: number;

/** Two points all over the commands of `apply`, and three while files are put in place. */
function spread(steps: readonly string[]): readonly number[] {
  const [begin, end] = [`mv "$stage/committed" "$committed"`, `mv "$committed" "$placed"`].map((c) => steps.indexOf(c));
  if (begin === undefined || end === undefined || begin < 0 || end < 0)
    throw new Error("apply has no such step any more");
  const between = (from: number, to: number, count: number): readonly number[] =>
    Array.from({ length: count }, (_, index) => Math.round(from + ((index + 0.5) * (to - from)) / count));
  return [...between(1, steps.length, 2), ...between(begin + 1, end + 1, 3)].sort((a, b) => a - b);
}

test("killed at ten points, it leaves the old files or the new ones for the next boot, and the next one completes it", async () => {
  const states = { old, wanted };
  const steps = { wanted: await stepsOf(mesh, "nyc1", wanted), old: await stepsOf(mesh, "nyc1", old) };
  const renames = steps.wanted.flatMap((command, index) => (command.startsWith(`mv "$path`) ? [index + 1] : []));
  halfWay = renames[2] ?? 0;
  const points = { wanted: spread(steps.wanted), old: spread(steps.old) };
  for (let round = 0; round < 5; round++) {
    for (const to of ["wanted", "old"] as const) {
      const at = points[to][round] ?? 0;
      const outcome = await killThenComplete(mesh, "nyc1", states, to, at);
      print(`to ${to}, at ${at} of ${steps[to].length} (${steps[to][at - 1] ?? ""}): ${outcome}`);
    }
  }
  await mesh.until("nyc1", reachesBoth, 60);
});

test("power is lost half-way: the host boots with the new files, and its links come back without the deployer", async () => {
  await applyKilled(mesh, "nyc1", wanted, halfWay);
  expect(await stateOf(mesh, "nyc1", { old, wanted })).toBeUndefined();
  const started = Date.now();
  await mesh.lab.cutPower("h2");
  const booted = Date.now();
  const seconds = await mesh.until("nyc1", reachesBoth, 90);
  print(`boot ${(booted - started) / 1000} s, then all links within ${seconds} s`);
  expect(await stateOf(mesh, "nyc1", { old, wanted })).toBe("wanted");
  expect(await mesh.on("nyc1", "systemctl show -p ConditionResult,ExecMainStatus fullmesh-recovery")).toBe(
    "ExecMainStatus=0\nConditionResult=yes\n",
  );
  expect(await mesh.on("nyc1", "systemctl is-active fullmesh-uplinks")).toBe("active\n");
  expect(await apply(mesh, "nyc1", old)).toMatchObject({ status: 0, stderr: "" });
});

test("a host that is rebooted has its links again without the deployer, and the next up changes nothing", async () => {
  const started = Date.now();
  await mesh.lab.reboot("h2");
  const booted = Date.now();
  const seconds = await mesh.until("nyc1", reachesBoth, 90);
  print(`boot ${(booted - started) / 1000} s, then all links within ${seconds} s`);
  expect(await mesh.on("nyc1", "systemctl show -p ConditionResult fullmesh-recovery")).toBe("ConditionResult=no\n");
  expect((await mesh.run("up", "--yes", "--skip-preview", "--expect-no-changes")).status).toBe(0);
  expect(mesh.fullmesh("status", "--stack", "e2e").status).toBe(0);
});

test("the apply that came second has given up after a minute", async () => {
  const { status, stderr, seconds } = await second;
  print(`a change that takes 90 s: the next one gave up after ${seconds} s`);
  expect(status).toBe(1);
  expect(stderr).toContain("another change has been running on this node for a minute");
  expect(seconds).toBeGreaterThan(59);
});
