import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LoopbackMesh } from "../../lab/loopbackMesh";
import type { CliResult } from "../../lab/pulumiCli";
import { setUpLoopbackMesh } from "./loopbackMesh";

/** Six nodes, 15 links: a deploy that removes or re-establishes more than half of them at once is refused. */
let mesh: LoopbackMesh;

setUpLoopbackMesh(6, (made) => {
  mesh = made;
});

function pulumi(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  return mesh.pulumi.run(args, { silentSeconds: 120, env });
}

const up = ["up", "--yes", "--skip-preview"] as const;

test("the first deploy, and one that only fails in part, may do everything", async () => {
  mesh.hosts.break(5, "fullmesh: n6: no");
  expect((await pulumi(up)).output).toContain("1 of 6 nodes failed");
  mesh.hosts.break(5, undefined);
  expect((await pulumi(up)).status).toBe(0);
  expect((await pulumi([...up, "--expect-no-changes"])).status).toBe(0);
});

test("a change of all links is refused before a host is touched, in preview and up, with what it would do", async () => {
  mesh.writeSettings({ cipherProfile: "cnsa" });
  for (const [command, ...args] of [["preview"], up]) {
    const { status, output } = await pulumi([command, ...args]);
    expect(status).not.toBe(0);
    expect(output).toContain(
      "no host was changed: this deploy would remove 0 and re-establish 15 of 15 links (100 %); the limit is 50 % (fullmesh:blastCapPercent)",
    );
    expect(output).toContain("re-established: n1 - n2, n1 - n3");
    expect(output).not.toContain("n1-apply");
  }
  mesh.writeSettings({});
  expect((await pulumi([...up, "--expect-no-changes"])).status).toBe(0);
});

test("nodes that leave are counted with their links", async () => {
  for (const name of ["n5", "n6"]) mesh.project.removeNode(name);
  mesh.writeSettings({ blastCapPercent: 59 });
  expect((await pulumi(["preview"])).output).toContain("this deploy would remove 9 and re-establish 0 of 15 links");
  mesh.writeSettings({ blastCapPercent: 60 });
  expect((await pulumi(up)).status).toBe(0);
});

test("six links may always change", async () => {
  mesh.writeSettings({ cipherProfile: "cnsa", blastCapPercent: 1 });
  expect((await pulumi(up)).status).toBe(0);
});

test("what was allowed once and failed is not taken for deployed, so taking the change back is no blast", async () => {
  for (const name of ["n5", "n6"]) mesh.returnNode(name);
  mesh.writeSettings({ cipherProfile: "cnsa" });
  expect((await pulumi(up)).status).toBe(0);
  mesh.writeSettings({});
  for (const index of [0, 1, 2, 3, 4, 5]) mesh.hosts.break(index, "fullmesh: no");
  expect((await pulumi(up)).output).toContain("no host was changed");
  const allowed = await pulumi(up, { FULLMESH_ALLOW_BLAST: "true" });
  expect(allowed.output).toContain("allowed by FULLMESH_ALLOW_BLAST: this deploy would remove 0 and re-establish 15");
  expect(allowed.output).toContain("6 of 6 nodes failed");
  for (const index of [0, 1, 2, 3, 4, 5]) mesh.hosts.break(index, undefined);
  mesh.writeSettings({ cipherProfile: "cnsa" });
  expect((await pulumi(up)).status).toBe(0);
});

test("a deploy of one node alone is not taken for one of all", async () => {
  mesh.writeSettings({ cipherProfile: "modern" });
  const { status } = await pulumi([...up, "--target", "**::n1-apply"], { FULLMESH_ALLOW_BLAST: "true" });
  expect(status).toBe(0);
  mesh.writeSettings({ cipherProfile: "cnsa" });
  expect((await pulumi(up)).status).toBe(0);
});

test("what an earlier version of fullmesh noted of the links is not known, and refuses nothing", async () => {
  const file = join(mesh.project.folder, "state.json");
  const move = async (...args: readonly string[]): Promise<void> => {
    await mesh.pulumi.mustRun(["stack", ...args, "--file", file], { silentSeconds: 60 });
  };
  await move("export", "--show-secrets");
  const state = readFileSync(file, "utf8");
  // A line a connection: VERSION DIGEST NAME.
  const former = state.replaceAll(/1 (?=\S{6} n\d-)/g, "");
  expect(former).not.toBe(state);
  writeFileSync(file, former);
  await move("import");
  mesh.writeSettings({ cipherProfile: "modern" });
  const { status, output } = await pulumi(up);
  expect(output).not.toContain("this deploy would");
  expect(status).toBe(0);
  mesh.writeSettings({ cipherProfile: "cnsa" });
  expect((await pulumi(["preview"])).output).toContain("this deploy would remove 0 and re-establish 15 of 15 links");
});
