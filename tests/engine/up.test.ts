import type { HostsReport } from "../../cli/hosts";
import type { LoopbackMesh } from "../../lab/loopbackMesh";
import { setUpLoopbackMesh } from "./loopbackMesh";

/** `fullmesh up` saves keys before any host has them, and all else at the end. */
let mesh: LoopbackMesh;

setUpLoopbackMesh(2, (made) => {
  mesh = made;
});

test("a first deploy that is killed when hosts have their keys is completed by the next, with the same keys", async () => {
  expect(await mesh.up(/n1-apply creat/)).toBeUndefined();
  expect(mesh.hosts.keys(0)).toHaveLength(1);
  await mesh.pulumi.mustRun(["cancel", "--yes"], { silentSeconds: 60 });
  expect(await mesh.up()).toBe(0);
  expect([mesh.hosts.keys(0), mesh.hosts.keys(1)].map(({ length }) => length)).toEqual([1, 1]);
});

test("with nothing to do it does nothing, and pulumi has nothing to do after it", async () => {
  mesh.hosts.takeCommands(0);
  expect(await mesh.up()).toBe(0);
  expect(mesh.hosts.commands(0)).toEqual([]);
  await mesh.pulumi.mustRun(["up", "--yes", "--skip-preview", "--expect-no-changes"], { silentSeconds: 120 });
});

test("a domain is in the output `hosts`, and on no host", async () => {
  mesh.writeSettings({ domain: "mesh.example.net" });
  mesh.hosts.takeCommands(0);
  expect(await mesh.up()).toBe(0);
  expect(mesh.hosts.commands(0)).toEqual([]);
  const { output } = await mesh.pulumi.mustRun(["stack", "output", "hosts", "--json"], { silentSeconds: 60 });
  const names = Object.values(JSON.parse(output) as HostsReport["hosts"]).map((node) => node.names);
  expect(names).toEqual([
    ["n1.mesh.example.net", "n1"],
    ["n2.mesh.example.net", "n2"],
  ]);
});

test("a node's next key is saved first, too", async () => {
  mesh.writeKeys("n2", [1, 2]);
  // The peer accepts it; n2's own files say nothing of it.
  expect(await mesh.up(/n1-apply updat/)).toBeUndefined();
  await mesh.pulumi.mustRun(["cancel", "--yes"], { silentSeconds: 60 });
  expect(await mesh.up()).toBe(0);
  expect(mesh.hosts.keys(1).map((key) => key.split("\n")[0])).toEqual(["private-key 1", "private-key 2"]);
});

test("a key in place of a stolen one is not lost either", async () => {
  mesh.writeKeys("n1", [5]);
  expect(await mesh.up(/n1-apply updat/)).toBeUndefined();
  await mesh.pulumi.mustRun(["cancel", "--yes"], { silentSeconds: 60 });
  expect(await mesh.up()).toBe(0);
  expect(mesh.hosts.keys(0).map((key) => key.split("\n")[0])).toEqual(["private-key 1", "private-key 5"]);
});

test("a key may be dropped while a host fails that has it: the state is saved, and the next deploy does the rest", async () => {
  mesh.hosts.break(0, "fullmesh: n1: no space left");
  mesh.writeKeys("n1", [6]);
  expect(await mesh.up()).not.toBe(0);
  mesh.hosts.break(0, undefined);
  expect(await mesh.up()).toBe(0);
});
