import type { LoopbackMesh } from "../../lab/loopbackMesh";
import { setUpLoopbackMesh } from "./loopbackMesh";

/** A running mesh goes over to keys that are made on the nodes while one of them does not answer. */
let mesh: LoopbackMesh;

setUpLoopbackMesh(3, (made) => {
  mesh = made;
});

const silentSeconds = 120;

test("a key that peers shall accept, too, shows as no change of a link", async () => {
  await mesh.pulumi.mustRun(["up", "--yes", "--skip-preview"], { silentSeconds });
  mesh.writeKeys("n2", [1, 2]);
  const preview = await mesh.pulumi.run(["preview"], { silentSeconds });
  expect(preview.output).toMatch(/n2\.key2 create/);
  expect(preview.output).not.toMatch(/Connection .*update/);
  mesh.writeKeys("n2", [1]);
});

test("nobody's files change, also where the key of a peer could not be asked for, and the keys are gone from the state", async () => {
  const before = [0, 2].map((index) => mesh.hosts.bundle(index));
  await mesh.hosts.mute(1);
  mesh.writeSettings({ keySource: "node" });

  const preview = await mesh.pulumi.run(["preview"], { silentSeconds });
  expect(preview.status).toBe(0);
  expect(preview.output).not.toMatch(/-apply update/);

  const { status, output } = await mesh.pulumi.run(["up", "--yes", "--skip-preview"], { silentSeconds });
  expect(status).not.toBe(0);
  expect(output).toContain("1 of 3 nodes failed; n1 and n3 went well:\n");
  expect(output).not.toMatch(/-apply updated/);
  expect([0, 2].map((index) => mesh.hosts.bundle(index))).toEqual(before);
  const state = await mesh.pulumi.mustRun(["stack", "export", "--show-secrets"], { silentSeconds });
  expect(state.output).not.toMatch(/tls:index\/privateKey/);
});

test("a key in place of one that may be stolen is not waited for", async () => {
  mesh.writeKeys("n2", [2]);
  expect((await mesh.pulumi.run(["up", "--yes", "--skip-preview"], { silentSeconds })).status).not.toBe(0);
  expect(mesh.hosts.bundle(0)).not.toContain("fm200-n2");
  expect(mesh.hosts.bundle(0)).toContain("fm300-n3");
});
