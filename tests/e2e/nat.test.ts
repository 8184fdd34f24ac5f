import { inCharon } from "./inCharon";
import { expectAllPings } from "./allPings";
import { SteadyPing } from "./steadyPing";
import { TestMesh } from "./testMesh";
import { say } from "./say";

/** fra1 can be dialled; nyc1 is behind one NAT router, tyo1 and sao1 are behind another. */
let mesh: TestMesh;

TestMesh.setUp("packaged", async (made) => {
  mesh = made;
  await mesh.lab.behindNat(1, ["h2"]);
  await mesh.lab.behindNat(2, ["h3", "h4"]);
  const hidden = { endpoints: [{ serial: 0, family: "ip4" }] };
  mesh.writeNode("fra1");
  for (const name of ["nyc1", "tyo1", "sao1"] as const) mesh.writeNode(name, hidden);
});

test("the preview names the pairs that get no link, and who carries what they send each other", async () => {
  const { status, output } = await mesh.run("preview", "--diff");
  expect(status).toBe(0);
  for (const pair of ["nyc1 and tyo1", "nyc1 and sao1", "tyo1 and sao1"]) {
    expect(output).toContain(
      `${pair} have no direct link (neither has an address): they reach each other by way of fra1`,
    );
  }
  expect(output).toContain('"tyo1, sao1 (behind NAT at both ends): by way of fra1"');
  expect(output).toMatch(/initiator: "nyc1"\n(?:.*\n)*? *path +: "ip4 192\.0\.2\.11:4500 -> \*:4500"/);
});

test("all reach each other, those behind NAT through the one that is not", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  await expectAllPings(mesh);
  const { status, stdout } = mesh.fullmesh("status", "--stack", "e2e");
  say(stdout);
  expect(status).toBe(0);
  // Two peers behind one address: each has its own SA, from its own port.
  const sas = await mesh.on(
    "fra1",
    "swanctl --list-sas | grep -o 'remote.*@ 192.0.2.102\\[[0-9]*\\]' | sort -u | wc -l",
  );
  expect(sas.trim()).toBe("2");
});

test("a NAT router that has another address and knows nobody costs a second at the most", async () => {
  const plan = mesh.plan();
  const pair = { ...plan, nodes: plan.nodes.filter(({ name }) => name === "fra1" || name === "nyc1") };
  const ping = await SteadyPing.start(mesh.lab, pair);
  await mesh.on("fra1", "sleep 4");
  await mesh.lab.rebindNat(1);
  await mesh.on("fra1", "sleep 6");
  const losses = await ping.stop();
  say(
    losses
      .map(({ from, address, sent, received }) => `${from} -> ${address}: ${sent} sent, ${received} back\n`)
      .join(""),
  );
  expect(losses).toHaveLength(4);
  // Five a second; and the last may be on its way.
  for (const { sent, received } of losses) expect(sent - received).toBeLessThanOrEqual(6);
  expect(await mesh.on("fra1", `swanctl --list-sas --ike ${inCharon("fm200-nyc1")}`)).toContain("192.0.2.201");
});
