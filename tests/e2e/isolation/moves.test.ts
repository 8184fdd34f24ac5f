import { lossy, SteadyPing } from "../steadyPing";
import { TestMesh } from "../testMesh";
import { stayingNodes, writeStayingNodes } from "./staying";

/** The overlay of sao1 moves into a VRF, and from there into a namespace. */
let mesh: TestMesh;

TestMesh.setUp("packaged", (made) => {
  mesh = made;
  writeStayingNodes(mesh);
  mesh.writeNode("sao1");
});

test("up", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
});

test.each([
  ["vrf", "ip -o link show type xfrm; ip -6 route; ip route", /fm|fd43:|10\.43\./],
  [
    "netns",
    "ip -o link; nft list tables | grep -v underlay; ip route show table all; ip -n fullmesh rule",
    /fullmesh|fm|10\.43\./,
  ],
] as const)("it moves to %s: its links live on, and the others lose no packet", async (isolation, left, trace) => {
  const associations = "swanctl --list-sas | grep -o '#[0-9]*, .*_i\\*\\? .*_r' | sort";
  const then = await mesh.on("sao1", associations);
  const ping = await SteadyPing.start(mesh.lab, stayingNodes(mesh));
  mesh.writeNode("sao1", { isolation });
  const { status } = await mesh.run("up", "--yes", "--skip-preview");
  const losses = await ping.stop();
  expect(status).toBe(0);
  expect(losses).toHaveLength(4);
  expect(losses.filter(({ sent }) => sent < 30)).toEqual([]);
  expect(lossy(losses)).toEqual([]);
  expect(mesh.fullmesh("status", "--stack", "e2e").status).toBe(0);
  expect(await mesh.on("sao1", associations)).toBe(then);
  expect(await mesh.on("sao1", left)).not.toMatch(trace);
});
