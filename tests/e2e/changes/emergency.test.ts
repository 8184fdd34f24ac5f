import { expectAllPings } from "../allPings";
import { expectUnharmed, lives, underTraffic, withoutNode } from "./underTraffic";
import { TestMesh } from "../testMesh";
import { say } from "../say";

/** The mesh is stopped on one node of three, and started again, without a deploy. */
let mesh: TestMesh;

TestMesh.setUp("packaged", (made) => {
  mesh = made;
  mesh.writeNode("fra1");
  mesh.writeNode("nyc1");
  mesh.writeNode("sao1", { isolation: "netns" });
});

const traces =
  "swanctl --list-sas 2>/dev/null; ip xfrm state; ip xfrm policy | grep if_id; ip netns list; pgrep -a 'babeld|charon'; nft list tables; systemctl list-unit-files --state=enabled --no-legend 'fullmesh-*' 'strongswan*' | grep -v recovery; :";

test("up", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
});

test("one command stops it on a node, for the next boot too, and the others lose nothing", async () => {
  const then = (await lives(mesh, "fra1")).filter((line) => !line.startsWith("fm400-"));
  const outcome = await underTraffic(mesh, mesh.plan(), "the mesh is stopped on sao1", async () => {
    const { status, stdout } = mesh.fullmesh("stop", "sao1", "--stack", "e2e");
    expect([status, stdout]).toEqual([0, "sao1: the mesh is off\n"]);
    await mesh.on("fra1", "sleep 10");
  });
  expectUnharmed(withoutNode(mesh.plan(), "sao1", outcome));
  expect(await lives(mesh, "fra1")).toEqual(then);
  expect(await mesh.on("sao1", traces)).toBe("");
});

test("until it is started, a deploy to that node is refused, and it stays off", async () => {
  mesh.writeNode("sao1", { isolation: "netns", prefixes: ["10.9.0.0/24"] });
  const { status, output } = await mesh.run("up", "--yes", "--skip-preview");
  expect(status).not.toBe(0);
  expect(output).toMatch(/sao1 \(\w+\): the mesh is switched off here\n +fix: npx fullmesh start sao1/);
  const drift = mesh.fullmesh("drift", "--stack", "e2e");
  expect(drift.stdout).toMatch(/^sao1: the mesh is switched off here/m);
  expect(drift.status).toBe(0);
  expect(await mesh.on("sao1", traces)).toBe("");
});

test("one command starts it again, and then a deploy brings what it missed", async () => {
  const started = Date.now();
  expect(mesh.fullmesh("start", "sao1", "--stack", "e2e").status).toBe(0);
  const reached = "ping -n -q -c 1 -W 1 10.43.0.4 >/dev/null && ping -n -q -c 1 -W 1 fd43:f00d:cafe::4 >/dev/null";
  for (const name of ["fra1", "nyc1"] as const) await mesh.until(name, reached, 60);
  say(`reached again ${Math.round((Date.now() - started) / 1000)} s after the command\n`);
  await expectAllPings(mesh);
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
});
