import { difference, inventory } from "../inventory";
import type { MeshPlan } from "../../../core/plan/plan";
import { expectNoLoss, SteadyPing } from "../steadyPing";
import { nodeNames, TestMesh } from "../testMesh";
import { writePlaces } from "./places";

/** The overlay of sao1 moves into a namespace and out of it; then sao1 leaves nodes of both kinds. */
let mesh: TestMesh;
const before = new Map<string, readonly string[]>();

TestMesh.setUp("packaged", async (made) => {
  mesh = made;
  writePlaces(mesh);
  mesh.writeNode("sao1");
  await Promise.all(nodeNames.map(async (name) => before.set(name, await inventory(mesh.lab, mesh.host(name).name))));
});

const sas = "swanctl --list-sas | grep -o '#[0-9]*, .*_i\\*\\? .*_r' | sort";

/** The three: no ping runs on sao1, which would keep its namespace. */
function theOthers(): MeshPlan {
  const plan = mesh.plan();
  return { ...plan, nodes: plan.nodes.filter(({ name }) => name !== "sao1") };
}

test("up", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
});

test.each([
  ["netns", "ip -o link; ip -6 route; ip route; nft list tables", /fm|fd43:|10\.43\.|fullmesh/],
  ["none", "ip netns", /fullmesh/],
] as const)("it moves to %s: its links live on, and the three lose no packet", async (isolation, left, trace) => {
  const then = await mesh.on("sao1", sas);
  const ping = await SteadyPing.start(mesh.lab, theOthers());
  mesh.writeNode("sao1", { isolation });
  const { status } = await mesh.run("up", "--yes", "--skip-preview");
  const losses = await ping.stop();
  expect(status).toBe(0);
  expect(losses).toHaveLength(12);
  expect(losses.filter(({ sent, received }) => sent - received > 1)).toEqual([]);
  expect(mesh.fullmesh("status", "--stack", "e2e").status).toBe(0);
  expect(await mesh.on("sao1", sas)).toBe(then);
  expect(await mesh.on("sao1", left)).not.toMatch(trace);
});

test("it leaves, the three lose no packet, and its host is as it was", async () => {
  mesh.project.removeNode("sao1");
  const ping = await SteadyPing.start(mesh.lab, theOthers());
  const { status } = await mesh.run("up", "--yes", "--skip-preview");
  const losses = await ping.stop();
  expect(status).toBe(0);
  expectNoLoss(losses, 12);
  expect(difference(before.get("sao1") ?? [], await inventory(mesh.lab, "h4"))).toEqual([]);
  expect(await mesh.on("fra1", "swanctl --list-conns; ip link; ip xfrm policy list action block")).not.toMatch(
    /sao1|block/,
  );
  expect(await mesh.on("tyo1", "ip -n fullmesh link; ip xfrm policy list action block")).not.toMatch(/sao1|block/);
});

test("destroy leaves every host as it was found", async () => {
  expect((await mesh.run("destroy", "--yes", "--run-program")).status).toBe(0);
  for (const name of nodeNames) {
    const left = difference(before.get(name) ?? [], await inventory(mesh.lab, mesh.host(name).name));
    expect({ name, left }).toEqual({ name, left: [] });
  }
});
