import type { LoopbackMesh } from "../../lab/loopbackMesh";
import type { CliResult } from "../../lab/pulumiCli";
import { setUpLoopbackMesh } from "./loopbackMesh";

/** Hosts that say that they drifted, the real program and the real engine: what runs again, and when. */
let mesh: LoopbackMesh;
const settings = { driftDetection: true };

setUpLoopbackMesh(3, (made) => {
  mesh = made;
});

function pulumi(
  verb: string,
  env: Readonly<Record<string, string>> = {},
  ...more: readonly string[]
): Promise<CliResult> {
  const args = verb === "up" ? ["up", "--yes", "--skip-preview"] : [verb];
  return mesh.pulumi.run([...args, ...more], { silentSeconds: 120, env });
}

/** The scripts that each host was told to run since this was last asked, with the comment after them. */
function ran(): readonly (readonly string[])[] {
  return [0, 1, 2].map((index) =>
    mesh.hosts.takeCommands(index).map((command) => command.replace(/^timeout \d+ \S*?(\w+) .*/, "$1")),
  );
}

const scripts = ["sh", "key", "apply", "verify"];

test("a node joins without a repair, and then there is nothing to do", async () => {
  expect((await pulumi("up")).status).toBe(0);
  expect(ran()).toEqual([scripts, scripts, scripts]);
  mesh.writeSettings(settings);
  expect((await pulumi("up", {}, "--expect-no-changes")).status).toBe(0);
  expect(ran()).toEqual([[], [], []]);
});

test("what a host says is shown as a change of that node alone, and cannot be taken for a command", async () => {
  mesh.hosts.drift(1, [
    "changed /etc/fullmesh/$(reboot)`reboot`'\"",
    "unloaded fm300-n3",
    "foreign-connection hand-made",
  ]);
  const preview = await pulumi("preview", {}, "--diff");
  expect(preview.output).toMatch(/warning: n2: charon has not loaded fm300-n3/);
  expect(preview.output).toMatch(/^ *\+ # charon has not loaded fm300-n3$/m);
  expect(preview.output).not.toContain("hand-made");
  expect(ran()).toEqual([[], [], []]);
});

test("up runs that node's commands again, and once", async () => {
  expect((await pulumi("up")).status).toBe(0);
  const [n1, n2 = [], n3] = ran();
  expect([n1, n3]).toEqual([[], []]);
  const at = /\n# repair (\S+)/.exec(n2[0] ?? "")?.[1] ?? "none";
  expect(n2).toEqual(
    scripts.map(
      (script) =>
        `${script}\n# repair ${at}\n# /etc/fullmesh/?(reboot)?reboot??? was changed\n# charon has not loaded fm300-n3`,
    ),
  );
  mesh.hosts.drift(1, ["foreign-connection hand-made"]);
  expect((await pulumi("up", {}, "--expect-no-changes")).status).toBe(0);
});

test("the same drift once more is a change once more", async () => {
  mesh.hosts.drift(1, ["unloaded fm300-n3"]);
  expect((await pulumi("up")).status).toBe(0);
  expect(ran().map(({ length }) => length)).toEqual([0, 4, 0]);
  mesh.hosts.drift(1, []);
  expect((await pulumi("up", {}, "--expect-no-changes")).status).toBe(0);
});

test("FULLMESH_REAPPLY has all nodes done again, and is over with that run", async () => {
  expect((await pulumi("up", { FULLMESH_REAPPLY: "true" })).status).toBe(0);
  expect(ran().map(({ length }) => length)).toEqual([4, 4, 4]);
  expect((await pulumi("up", {}, "--expect-no-changes")).status).toBe(0);
});

test("a command whose line changes after a repair is run as it is now", async () => {
  mesh.sudoOn("n2");
  expect((await pulumi("up")).status).toBe(0);
  expect(mesh.hosts.takeCommands(1)[0]).toMatch(/^sudo -n timeout 900 sh -s n2\n# repair /);
});

test("a host that does not answer is warned of, and is no change", async () => {
  await mesh.hosts.mute(2);
  const { status, output } = await pulumi("preview", {}, "--expect-no-changes");
  expect(status).toBe(0);
  expect(output).toMatch(
    /warning: n3: unknown whether it drifted: root@127\.0\.0\.1 port \d+ accepts connections but does not speak SSH/,
  );
});
