import type { LoopbackMesh } from "../../lab/loopbackMesh";
import type { CliResult } from "../../lab/pulumiCli";
import { setUpLoopbackMesh } from "./loopbackMesh";

/** Nodes that are reached through a bastion, which is remembered for when they leave. */
let mesh: LoopbackMesh;

setUpLoopbackMesh(4, (made) => {
  mesh = made;
  for (const name of ["n2", "n3"]) mesh.putBehind(name, "n4");
});

function up(): Promise<CliResult> {
  return mesh.pulumi.mustRun(["up", "--yes", "--skip-preview"], {
    silentSeconds: 60,
    env: { FULLMESH_ALLOW_BLAST: "true" },
  });
}

test("all are deployed", async () => {
  await up();
  for (const index of [0, 1, 2, 3]) expect(mesh.hosts.takeCommands(index)).toHaveLength(4);
  // Logins of its own, and those of the nodes behind it.
  expect(mesh.hosts.logins(3)).toBeGreaterThan(mesh.hosts.logins(0));
});

test("another bastion is a change of how we log in, and of no file", async () => {
  mesh.putBehind("n2", "n1");
  const { output } = await mesh.pulumi.mustRun(["preview", "--diff"], { silentSeconds: 60 });
  expect(output).toMatch(
    /ssh +: "root@127\.0\.0\.1:\d+ via jump@127\.0\.0\.1:\d+" => "root@127\.0\.0\.1:\d+ via jump@/,
  );
  const before = mesh.hosts.bundle(1);
  await up();
  expect(mesh.hosts.bundle(1)).toBe(before);
  expect(mesh.hosts.takeCommands(0)).toEqual([]);
});

test("one that leaves is left through its bastion", async () => {
  const logins = mesh.hosts.logins(3);
  mesh.project.removeNode("n3");
  await up();
  expect(mesh.hosts.commands(2).at(-1)).toContain("/remove n3");
  expect(mesh.hosts.logins(3)).toBeGreaterThan(logins);
});

test("a bastion that is gone is named, once for each node behind it", async () => {
  await mesh.hosts.mute(0);
  mesh.writeSettings({ dialSeconds: 1, wavePercent: 100 });
  mesh.writeKeys("n4", [1, 2]);
  const { output } = await mesh.pulumi.run(["up", "--yes", "--skip-preview"], {
    silentSeconds: 60,
    env: { FULLMESH_ALLOW_BLAST: "true" },
  });
  expect(output).toMatch(
    / n2 \(\w+\): its bastion: jump@127\.0\.0\.1 port \d+ accepts connections but does not speak SSH/,
  );
});
