import { publicKeyOf } from "../../core/registry/publicKey";
import type { LoopbackMesh } from "../../lab/loopbackMesh";
import { setUpLoopbackMesh } from "./loopbackMesh";

/** Keys that are made on the nodes: no private half is anywhere else, and a node that cannot make one holds up no other. */
let mesh: LoopbackMesh;

setUpLoopbackMesh(3, (made) => {
  mesh = made;
  mesh.writeSettings({ keySource: "node" });
});

const silentSeconds = 120;

async function up() {
  return mesh.pulumi.run(["up", "--yes", "--skip-preview"], { silentSeconds });
}

/** The key of that number that a host made, as bundles have it. */
function born(index: number, number: number): string {
  return publicKeyOf(mesh.hosts.bornKeys(index).get(number) ?? "none");
}

test("a new node that cannot make its key is left out, and the others are deployed without it", async () => {
  mesh.hosts.break(2, "fullmesh: n3: apt-get could not install openssl\n    fix: mend its sources");
  const preview = await mesh.pulumi.run(["preview"], { silentSeconds });
  expect(preview.status).toBe(0);
  expect(preview.output).toMatch(/n3-keypair1 create/);
  const { status, output } = await up();
  expect(status).not.toBe(0);
  expect(output).toContain("1 of 3 nodes failed; n1 and n2 went well:\n");
  expect(output).toMatch(/ n3 \(keypair1\): apt-get could not install openssl/);
  expect(output).toMatch(/n1-verify created/);
  expect(mesh.hosts.bundle(0)).toContain(born(1, 1));
  expect(mesh.hosts.bundle(0)).not.toContain("fm300-n3");
});

test("it is part of the mesh as soon as it can", async () => {
  mesh.hosts.break(2, undefined);
  expect((await up()).status).toBe(0);
  expect(mesh.hosts.bundle(0)).toContain(born(2, 1));
  expect(mesh.hosts.bundle(2)).toContain(born(0, 1));
});

test("nothing makes a key again, and nothing but public halves is in the state or goes to a host", async () => {
  for (const index of [0, 1, 2]) mesh.hosts.takeCommands(index);
  await mesh.pulumi.mustRun(["up", "--yes", "--skip-preview", "--expect-no-changes"], { silentSeconds });
  expect([0, 1, 2].map((index) => mesh.hosts.commands(index))).toEqual([[], [], []]);
  const { output } = await mesh.pulumi.mustRun(["stack", "export", "--show-secrets"], { silentSeconds });
  expect(output).toContain("BEGIN PUBLIC KEY");
  // The script `key` has the words, and no key after them.
  expect(output).not.toMatch(/BEGIN PRIVATE KEY-----(\\+n)+[A-Za-z0-9+/]{20}/);
  expect(mesh.hosts.keys(0)).toEqual([]);
});

test("a host that gives another node's key is named and not worked on, and its next one is taken", async () => {
  mesh.hosts.giveKey(2, 2, mesh.hosts.bornKeys(0).get(1) ?? "");
  mesh.writeKeys("n3", [1, 2]);
  const before = [0, 2].map((index) => mesh.hosts.bundle(index));
  mesh.hosts.takeCommands(2);
  const { status, output } = await up();
  expect(status).not.toBe(0);
  expect(output).toContain("1 of 3 nodes failed; n1 and n2 went well:\n");
  expect(output).toMatch(/ n3 \(keypair2\): its host gave the key of n1 as its own key 2/);
  expect([0, 2].map((index) => mesh.hosts.bundle(index))).toEqual(before);
  expect(mesh.hosts.commands(2)).toEqual([expect.stringMatching(/ sh -s n3 2$/m)]);
  mesh.writeKeys("n3", [1, 3]);
  expect((await up()).status).toBe(0);
  expect(mesh.hosts.bundle(0)).toContain(born(2, 3));
});

test("a node that does not answer keeps its key for the others, whatever else changes", async () => {
  await mesh.hosts.mute(1);
  mesh.writeKeys("n1", [1, 2]);
  const { status } = await up();
  expect(status).not.toBe(0);
  expect(mesh.hosts.bundle(0)).toContain(born(1, 1));
  expect(mesh.hosts.bundle(2)).toContain(born(0, 2));
  expect(mesh.hosts.bundle(2)).toContain(born(1, 1));
});

test("a next key that cannot be made changes nothing for the peers", async () => {
  mesh.writeKeys("n2", [1, 2]);
  const before = mesh.hosts.bundle(2);
  expect((await up()).status).not.toBe(0);
  expect(mesh.hosts.bundle(2)).toBe(before);
});

test("nor does its use, as the node goes on with the former one", async () => {
  mesh.writeKeys("n2", [2, 1]);
  const before = mesh.hosts.bundle(2);
  expect((await up()).status).not.toBe(0);
  expect(mesh.hosts.bundle(2)).toBe(before);
});
