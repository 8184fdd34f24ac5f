import { difference, inventory } from "../inventory";
import { expectNoLoss, SteadyPing } from "../steadyPing";
import { nodeNames, TestMesh } from "../testMesh";

/** One of four nodes leaves. */
let mesh: TestMesh;
let before: readonly string[];

TestMesh.setUp("packaged", async (made) => {
  mesh = made;
  for (const name of nodeNames) mesh.writeNode(name);
  before = await inventory(mesh.lab, "h4");
});

test("up", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
});

test("a node leaves, the three lose no packet, and the host is as it was", async () => {
  mesh.project.removeNode("sao1");
  const ping = await SteadyPing.start(mesh.lab, mesh.plan());
  const { status } = await mesh.run("up", "--yes", "--skip-preview");
  const losses = await ping.stop();
  expect(status).toBe(0);
  expectNoLoss(losses, 12);
  expect(difference(before, await inventory(mesh.lab, "h4"))).toEqual([]);
  const { stdout } = await mesh.lab.exec(
    "h1",
    "swanctl --list-conns; swanctl --list-sas; ip link; ls /etc/swanctl/conf.d; ip xfrm policy list action block",
  );
  expect(stdout).not.toMatch(/sao1|block/);
  const { stdout: away } = await mesh.lab.exec(
    "h1",
    "ip route get 10.43.0.4 2>&1; ip route get fd43:f00d:cafe::4 2>&1",
  );
  expect(away.match(/No route to host/g)).toHaveLength(2);
  const { stdout: babeld } = await mesh.lab.exec("h1", "journalctl -u fullmesh-babeld --no-pager");
  expect(babeld).not.toContain("HMAC");
});
