import { expectAllPings } from "../allPings";
import { TestMesh } from "../testMesh";
import { rotatedUnderTraffic, expectNoGap, lives, underTraffic, type Outcome } from "./underTraffic";
import { say } from "../say";
import { nodesWithSudo } from "../plainMeshes";

/** A node gets another key under traffic, in three steps; then one whose key was stolen. */
let mesh: TestMesh;

TestMesh.setUp(nodesWithSudo, (made) => {
  mesh = made;
});

test("up", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
});

const step = (text: string): Promise<Outcome> => rotatedUnderTraffic(mesh, "fra1", text);

/** All links of nyc1 with a charon that starts, which the others answer: with the public keys that they have. */
async function canBeEstablishedAnew(): Promise<void> {
  await mesh.on("nyc1", "systemctl restart strongswan");
  await mesh.until("nyc1", `[ "$(swanctl --list-sas 2>/dev/null | grep -c '^fm.*, ESTABLISHED,')" -ge 2 ]`, 60);
  await mesh.untilHealthy();
}

test("peers accept the new key, and all that runs stays", async () => {
  const then = await lives(mesh, "nyc1");
  expectNoGap(await step("step 1 of 3"));
  expect(await lives(mesh, "nyc1")).toEqual(then);
  expect(await mesh.on("nyc1", "grep -c 0s /etc/swanctl/conf.d/fm100-fra1.conf")).toBe("2\n");
  await canBeEstablishedAnew();
});

test("the node uses it, though the first deploy of it is killed: its links are made anew without a gap", async () => {
  const then = await lives(mesh, "nyc1");
  expect(mesh.fullmesh("rotate", "fra1", "--stack", "e2e").status).toBe(0);
  const outcome = await underTraffic(mesh, mesh.plan(), "step 2 of 3, killed half-way", async () => {
    expect(await mesh.runKilled(/fra1-key updated|fra1-apply updating/, "up", "--yes", "--skip-preview")).toBe(true);
    expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  });
  expectNoGap(outcome);
  const now = await lives(mesh, "nyc1");
  expect(now.filter((line) => !then.includes(line))).toEqual([expect.stringMatching(/^fm100-fra1_/)]);
});

test("peers refuse the former one, which is nowhere any more", async () => {
  const then = await lives(mesh, "nyc1");
  expectNoGap(await step("step 3 of 3"));
  expect(await lives(mesh, "nyc1")).toEqual(then);
  expect(await mesh.on("fra1", "ls /etc/swanctl/private")).toBe("fullmesh-2.pem\n");
  expect(await mesh.on("nyc1", "grep -c 0s /etc/swanctl/conf.d/fm100-fra1.conf")).toBe("1\n");
  await canBeEstablishedAnew();
});

const withNyc1 = "swanctl --list-sas 2>/dev/null | grep -c '^fm200-nyc1_.*ESTABLISHED' || :";

test("a stolen key is refused, and what runs with it is ended, by one up, though its thief does not let us in", async () => {
  mesh.writeNode("nyc1", { ssh: { port: 9 } });
  expect(mesh.fullmesh("rotate", "--revoke", "nyc1", "--stack", "e2e").stdout).toContain("nyc1: keys [1] -> [2]");
  const started = Date.now();
  const { status, output } = await mesh.run("up", "--yes", "--skip-preview");
  say(`a revoked key was refused everywhere after ${Math.round((Date.now() - started) / 1000)} s\n`);
  expect(status).not.toBe(0);
  expect(output).toContain("nyc1");
  for (const name of ["fra1", "sao1"] as const) expect(await mesh.on(name, withNyc1)).toBe("0\n");
});

test("it takes part again when it has the new one", async () => {
  mesh.writeNode("nyc1", { keys: [2] });
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  await expectAllPings(mesh);
});
