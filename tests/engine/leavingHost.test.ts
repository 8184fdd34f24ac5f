import type { LoopbackMesh } from "../../lab/loopbackMesh";
import type { CliResult } from "../../lab/pulumiCli";
import { setUpLoopbackMesh } from "./loopbackMesh";

/** A host that is to leave the mesh takes TCP and says nothing. */
let mesh: LoopbackMesh;

setUpLoopbackMesh(4, async (made) => {
  mesh = made;
  await mesh.pulumi.mustRun(["up", "--yes", "--skip-preview"], { silentSeconds: 120 });
  await mesh.hosts.mute(1);
  mesh.project.removeNode("n2");
});

function pulumi(...args: readonly string[]): Promise<CliResult> {
  return mesh.pulumi.run([...args, "--yes"], { silentSeconds: 120 });
}

function up(...args: readonly string[]): Promise<CliResult> {
  return pulumi("up", "--skip-preview", ...args);
}

/** How often the host of a node was told to remove the mesh. */
function removals(index: number): number {
  return mesh.hosts.commands(index).filter((command) => command.includes("/remove ")).length;
}

test("up names it, says how to give it up, does the rest, and forgets nothing by itself", async () => {
  const first = await up();
  expect(first.status).not.toBe(0);
  expect(first.output).toMatch(/n2: root@127\.0\.0\.1 port \d+ accepts connections but does not speak SSH/);
  expect(first.output).toContain("_retired.yaml: { id: ..., name: n2, gone: true }");
  expect(first.output).toMatch(/ ~ {2}command:remote:Command n1-apply updated/);
  expect(first.output).not.toContain("command:remote:Command (n1");

  mesh.project.writeRetired([{ id: 2, name: "n2" }]);
  expect((await up()).output).toContain("The mesh is still on n2");
});

test("a retired node that is gone for good is forgotten without a look at its host, and so it stays", async () => {
  mesh.project.writeRetired([{ id: 2, name: "n2", gone: true }]);
  expect((await up()).status).toBe(0);
  expect((await up("--expect-no-changes")).status).toBe(0);

  mesh.project.writeRetired([{ id: 2, name: "n2" }]);
  const forgotten = await up();
  expect(forgotten.status).toBe(0);
  expect(forgotten.output).toContain("n2-install");
  expect((await up("--expect-no-changes")).status).toBe(0);
});

test("in one commit, too; and a host that answers is not cleaned either, for it was said to be gone", async () => {
  mesh.project.removeNode("n4");
  mesh.project.writeRetired([
    { id: 2, name: "n2" },
    { id: 4, name: "n4", gone: true },
  ]);
  expect((await up()).status).toBe(0);
  expect(removals(3)).toBe(0);
});

test("a node that was never there may be gone, too", async () => {
  mesh.project.writeRetired([{ id: 9, name: "n9", gone: true }]);
  expect((await up()).status).toBe(0);
  expect((await up("--expect-no-changes")).status).toBe(0);
});

test("destroy is refused without the program, whose hook looks at the hosts, and leaves nothing with it", async () => {
  const refused = await pulumi("destroy", "--skip-preview");
  expect(refused.status).not.toBe(0);
  expect(refused.output).toContain("You must run with the `--run-program` flag");
  const destroyed = await pulumi("destroy", "--skip-preview", "--run-program");
  expect(destroyed.status).toBe(0);
  expect([removals(0), removals(2)]).toEqual([1, 1]);
  const { output } = await mesh.pulumi.mustRun(["stack", "export"], { silentSeconds: 60 });
  expect(output).toContain('"manifest"');
  expect(output).not.toContain("fullmesh:index");
});
