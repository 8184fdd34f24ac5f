import type { LoopbackMesh } from "../../lab/loopbackMesh";
import type { CliResult } from "../../lab/pulumiCli";
import { setUpLoopbackMesh } from "./loopbackMesh";

/** Hosts that log the deployer in, begin a command and never end it: by the deployer's clock it is over for them, and all others are finished, verified and revoked. */
let mesh: LoopbackMesh;

setUpLoopbackMesh(6, (made) => {
  mesh = made;
});

/** Beside the seconds that a command is given here, a deploy of six nodes takes some 20, however many hosts never end theirs. */
const commandSeconds = 3;

function up(): Promise<CliResult> {
  return mesh.pulumi.run(["up", "--yes", "--skip-preview"], {
    silentSeconds: 60,
    env: { FULLMESH_COMMAND_SECONDS: String(commandSeconds), FULLMESH_ALLOW_BLAST: "true" },
  });
}

/** The scripts that one of them was told to run since this was last asked. */
function ran(index: number): readonly string[] {
  return mesh.hosts.takeCommands(index).map((command) => command.replace(/^timeout \d+ \S*?(\w+) [^]*/, "$1"));
}

async function expectNothingPending(): Promise<void> {
  const { output } = await mesh.pulumi.mustRun(["stack", "export"], { silentSeconds: 60 });
  expect(output).not.toContain("pending_operations");
}

test("one that is mute, one that says a byte a second and one that sends without end fail by themselves, each with where, what and how to go on", async () => {
  mesh.hosts.neverEnd(1, "mute", / sh -s n2/);
  mesh.hosts.neverEnd(2, "trickle", /\/apply /);
  mesh.hosts.neverEnd(3, "flood", /\/verify /);
  const { status, output } = await up();
  expect(status).not.toBe(0);
  expect(output).toContain("3 of 6 nodes failed; n1, n5 and n6 went well:\n");
  expect(output).toMatch(
    / n2 \(install\): no end of `timeout 3 sh -s n2` after \d+ s on root@127\.0\.0\.1 port \d+\n +fix: .*FULLMESH_COMMAND_SECONDS/,
  );
  expect(output).toMatch(/ n3 \(apply\): no end of `timeout 3 \S+\/apply n3` after \d+ s on /);
  expect(output).toMatch(/ n4 \(verify\): .* printed more than 4194304 bytes/);
  for (const index of [0, 4, 5]) expect(ran(index)).toEqual(["sh", "key", "apply", "verify"]);
  await expectNothingPending();
});

test("the next deploy does the rest, and then there is nothing to do", async () => {
  for (const index of [1, 2, 3]) mesh.hosts.neverEnd(index, undefined);
  expect((await up()).status).toBe(0);
  await mesh.pulumi.mustRun(["up", "--yes", "--skip-preview", "--expect-no-changes"], { silentSeconds: 60 });
});

test("a stolen key is revoked by all others", async () => {
  for (const index of [0, 1, 2, 3, 4, 5]) mesh.hosts.takeCommands(index);
  const before = mesh.hosts.bundle(0);
  mesh.hosts.neverEnd(1, "mute");
  mesh.hosts.neverEnd(2, "trickle");
  mesh.writeKeys("n2", [2]);
  expect((await up()).output).toContain("2 of 6 nodes failed; n1, n4, n5 and n6 went well:\n");
  expect(mesh.hosts.bundle(0)).not.toBe(before);
  for (const index of [0, 3, 4, 5]) expect(ran(index)).toEqual(["apply", "verify"]);
  await expectNothingPending();
});

test("one that leaves and never ends its removal stays in the state, and holds up no other that leaves", async () => {
  for (const index of [1, 2]) mesh.hosts.neverEnd(index, undefined);
  expect((await up()).status).toBe(0);
  mesh.hosts.neverEnd(4, "mute");
  for (const name of ["n5", "n6"]) mesh.project.removeNode(name);
  const { status, output } = await up();
  expect(status).not.toBe(0);
  expect(output).toMatch(/n5: no end of `timeout 3 sh -c [^]* on root@127\.0\.0\.1 port \d+/);
  expect(output).toContain("_retired.yaml: { id: ..., name: n5, gone: true }");
  expect(mesh.hosts.commands(5).at(-1)).toContain("/remove n6");
  const state = await mesh.pulumi.mustRun(["stack", "export"], { silentSeconds: 60 });
  expect(state.output).toContain("::n5-install");
  expect(state.output).not.toContain("::n6-install");
  await expectNothingPending();
});

test("one that never ends making its key is left out, and the others are deployed without it", async () => {
  mesh.project.writeRetired([
    { id: 5, name: "n5", gone: true },
    { id: 6, name: "n6" },
  ]);
  mesh.writeSettings({ keySource: "node" });
  for (const name of ["n1", "n2", "n3", "n4"]) mesh.writeKeys(name, [7]);
  mesh.hosts.neverEnd(2, "trickle");
  const { output } = await up();
  expect(output).toContain("1 of 4 nodes failed; n1, n2 and n4 went well:\n");
  expect(output).toMatch(/ n3 \(keypair7\): no end of /);
  expect(output).toMatch(/n1-verify updated/);
  expect(mesh.hosts.bundle(0)).toContain("fm200-n2");
  expect(mesh.hosts.bundle(0)).not.toContain("fm300-n3");
});
