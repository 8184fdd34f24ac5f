import { nodeNames, TestMesh } from "../testMesh";
import { deployedUnderTraffic, expectUnharmed, lives, underTraffic, withoutNode } from "../changes/underTraffic";
import { say } from "../say";
import { fourNodes } from "../plainMeshes";

/** Settings that need daemons restarted: said before, and done on one node after the other. */
let mesh: TestMesh;

TestMesh.setUp(fourNodes, (made) => {
  mesh = made;
});

/** When a daemon was started on each node, in seconds of the one kernel that all of them have, in the order of time. */
async function starts(unit: string): Promise<readonly (readonly [string, number])[]> {
  const show = `systemctl show --value -p ExecMainStartTimestampMonotonic ${unit}`;
  const all = await Promise.all(
    nodeNames.map(async (name) => [name, Number(await mesh.on(name, show)) / 1e6] as const),
  );
  return all.sort(([, one], [, other]) => one - other);
}

function writePorts(port: number): void {
  for (const name of nodeNames) {
    mesh.writeNode(name, { endpoints: [{ serial: 0, family: "ip4", address: mesh.host(name).ip4, port }] });
  }
}

test("up", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
});

test("a setting of babel restarts babeld on one node after the other, and no traffic between linked nodes is lost", async () => {
  mesh.writeSettings({ babelProfile: "lan rtt-max=60" });
  const preview = await mesh.run("preview");
  expect(preview.output).toContain("fra1, nyc1, sao1, tyo1: one after the other, restart of babeld");
  const before = await starts("fullmesh-babeld");
  const outcome = await deployedUnderTraffic(mesh, "how babel weighs round trips");
  expectUnharmed(outcome);
  const after = await starts("fullmesh-babeld");
  const gaps = after.slice(1).map(([, started], index) => started - (after[index]?.[1] ?? 0));
  say(
    `babeld restarted on ${after.map(([name]) => name).join(", ")}, ${gaps.map((gap) => gap.toFixed(1)).join(" s, ")} s apart\n`,
  );
  expect(Math.min(...after.map(([, started]) => started))).toBeGreaterThan(Math.max(...before.map(([, at]) => at)));
  // Two at a time would begin within the same second or two.
  expect(Math.min(...gaps)).toBeGreaterThan(3);
});

test("other hello intervals are for all nodes at once, for babeld does not hear neighbours with longer ones than others have", async () => {
  mesh.writeSettings({ babelProfile: "lan rtt-max=60 hello-interval=2" });
  const preview = await mesh.run("preview");
  expect(preview.output).toContain("fra1, nyc1, sao1, tyo1: all at once, restart of babeld");
  const outcome = await deployedUnderTraffic(mesh, "babel's hello interval");
  expectUnharmed(outcome);
});

test("a restart after which links do not work is the last, the others go on, and taking the change back heals it", async () => {
  for (const name of nodeNames) {
    await mesh.on(
      name,
      "nft 'add table inet provider; add chain inet provider in { type filter hook input priority -10; }; add rule inet provider in udp dport 4600 drop'",
    );
  }
  const charons = new Map(await starts("strongswan"));
  writePorts(4600);
  let output = "";
  const untouched: string[] = [];
  const outcome = await underTraffic(mesh, mesh.plan(), "a port that a firewall drops", async () => {
    const up = await mesh.run("up", "--yes", "--skip-preview");
    expect(up.status).not.toBe(0);
    ({ output } = up);
    const now = new Map(await starts("strongswan"));
    untouched.push(...nodeNames.filter((name) => now.get(name) === charons.get(name)));
  });
  expect(output).toMatch(/left as it was, for the deploy was stopped at \w+/);
  expect(untouched).toHaveLength(2);
  const between = nodeNames
    .filter((name) => !untouched.includes(name))
    .reduce((left, name) => withoutNode(mesh.plan(), name, left), outcome);
  expectUnharmed(between);

  writePorts(4500);
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  for (const name of untouched) expect(await lives(mesh, name as (typeof nodeNames)[number])).not.toEqual([]);
  expect(mesh.fullmesh("status", "--stack", "e2e").status).toBe(0);
});
