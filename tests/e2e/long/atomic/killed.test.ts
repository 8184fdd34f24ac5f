import type { HostFile } from "../../../../core/render/hostFile";
import { apply, applyKilled, filesOf, killThenComplete, stateOf, stepsOf } from "../../hostBundles";
import { TestMesh } from "../../testMesh";
import { say } from "../../say";
import { threeNodes } from "../../plainMeshes";

/** What becomes of a host whose apply is killed, or that boots. */
let mesh: TestMesh;
let old: readonly HostFile[];
let wanted: readonly HostFile[];
/** The commands of `apply` that brings it from one to the other. */
let steps: Readonly<Record<"old" | "wanted", readonly string[]>>;

TestMesh.setUp(threeNodes, (made) => {
  mesh = made;
});

const print = (line: string): void => {
  say(`${line}\n`);
};

const reachesBoth = "ping -n -q -c 1 -W 1 10.43.0.1 >/dev/null && ping -n -q -c 1 -W 1 10.43.0.3 >/dev/null";

test("up", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  old = await filesOf(mesh, "nyc1");
  mesh.writeNode("nyc1", {
    endpoints: [{ serial: 0, family: "ip4", address: mesh.host("nyc1").ip4, interface: "eth0", mtu: 1400, cost: 7 }],
    prefixes: ["10.9.0.0/24"],
  });
  wanted = await filesOf(mesh, "nyc1");
  mesh.writeNode("nyc1");
  steps = { wanted: await stepsOf(mesh, "nyc1", wanted), old: await stepsOf(mesh, "nyc1", old) };
});

test("power is lost half-way: the host boots with the new files, and its links come back without the deployer", async () => {
  // Two files are in place, and the third is not.
  const renames = steps.wanted.flatMap((command, index) => (command.startsWith(`mv "$path`) ? [index + 1] : []));
  await applyKilled(mesh, "nyc1", wanted, renames[2] ?? 0);
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
  expect(mesh.fullmesh("status", "--stack", "e2e")).toMatchObject({ status: 0 });
});

/** Two points all over the commands of `apply`, and three while files are put in place. */
function spread(steps: readonly string[]): readonly number[] {
  const [begin, end] = [`mv "$stage/bundle" "$committed"`, `mv "$committed" "$placed"`].map((c) => steps.indexOf(c));
  if (begin === undefined || end === undefined || begin < 0 || end < 0)
    throw new Error("apply has no such step any more");
  const between = (from: number, to: number, count: number): readonly number[] =>
    Array.from({ length: count }, (_, index) => Math.round(from + ((index + 0.5) * (to - from)) / count));
  return [...between(1, steps.length, 2), ...between(begin + 1, end + 1, 3)].sort((a, b) => a - b);
}

test("killed at ten points, it leaves the old files or the new ones for the next boot, and the next one completes it", async () => {
  const states = { old, wanted };
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
