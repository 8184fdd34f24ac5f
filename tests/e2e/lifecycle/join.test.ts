import { expectAllPings } from "../allPings";
import { expectNoLoss, SteadyPing } from "../steadyPing";
import { TestMesh } from "../testMesh";
import { threeNodes } from "../plainMeshes";

/** A fourth node joins a mesh of three. */
let mesh: TestMesh;

TestMesh.setUp(threeNodes, (made) => {
  mesh = made;
});

test("up", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
});

test("a fourth node joins, though the first deploy of it is killed half-way, and the three lose no packet", async () => {
  const ping = await SteadyPing.start(mesh.lab, mesh.plan());
  mesh.writeNode("sao1");
  // Of what this did on the hosts, the new node's key among it, the state knows nothing.
  expect(await mesh.runKilled(/sao1-apply creating/, "up", "--yes", "--skip-preview")).toBe(true);
  const { status } = await mesh.run("up", "--yes", "--skip-preview");
  const losses = await ping.stop();
  expect(status).toBe(0);
  expectNoLoss(losses, 12);
  await expectAllPings(mesh);
});
