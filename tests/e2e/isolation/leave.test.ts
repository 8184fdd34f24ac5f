import { difference, inventory } from "../inventory";
import { expectNoLoss, SteadyPing } from "../steadyPing";
import { TestMesh } from "../testMesh";
import { stayingNodes, writeStayingNodes } from "./staying";

/** sao1, which has the overlay in a VRF, leaves one node that has it in one and one that has not. */
let mesh: TestMesh;
let before: readonly string[];

TestMesh.setUp("packaged", async (made) => {
  mesh = made;
  writeStayingNodes(mesh);
  mesh.writeNode("sao1", { isolation: "vrf" });
  before = await inventory(mesh.lab, "h4");
});

test("up", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
});

test("it leaves, the others lose no packet, and its host is as it was", async () => {
  mesh.project.removeNode("sao1");
  const ping = await SteadyPing.start(mesh.lab, stayingNodes(mesh));
  const { status } = await mesh.run("up", "--yes", "--skip-preview");
  const losses = await ping.stop();
  expect(status).toBe(0);
  expectNoLoss(losses, 4);
  expect(difference(before, await inventory(mesh.lab, "h4"))).toEqual([]);
  const left = "swanctl --list-conns; ip link; ip xfrm policy list action block";
  expect(await mesh.on("fra1", left)).not.toMatch(/sao1|block/);
  expect(await mesh.on("nyc1", `${left}; ip -n fullmesh link`)).not.toMatch(/sao1|block/);
});
