import { TestMesh } from "../testMesh";
import { deployedUnderTraffic, expectNoGap, expectUnharmed, lives } from "../changes/underTraffic";
import { say } from "../say";
import { nodesWithSudo } from "../plainMeshes";

/** A running mesh goes over to keys that are made on the nodes; then a node loses its own. */
let mesh: TestMesh;

TestMesh.setUp(nodesWithSudo, (made) => {
  mesh = made;
});

const upArgs = ["up", "--yes", "--skip-preview"] as const;

function rotate(...args: readonly string[]): void {
  const { status, stdout } = mesh.fullmesh("rotate", ...args, "--stack", "e2e");
  say(stdout);
  expect(status).toBe(0);
}

/** In JSON, within a text that is JSON itself. */
const privateKey = /BEGIN PRIVATE KEY-----(\\+n)+[A-Za-z0-9+/]{20}/;

/** Whether the state has the private half of a key, wherever. */
async function stateHasPrivateKeys(): Promise<boolean> {
  const state = await mesh.state();
  expect(state).toContain("BEGIN PUBLIC KEY");
  return privateKey.test(state);
}

test("up", async () => {
  await mesh.on("fra1", "dpkg --purge openssl");
  expect((await mesh.run(...upArgs)).status).toBe(0);
  expect(await stateHasPrivateKeys()).toBe(true);
});

test("going over to keys that are made on the nodes harms nothing that runs, and takes the keys out of the state", async () => {
  const then = await lives(mesh, "nyc1");
  mesh.writeSettings({ keySource: "node" });
  expectUnharmed(await deployedUnderTraffic(mesh, "keys stay on the nodes"));
  expect(await lives(mesh, "nyc1")).toEqual(then);
  expect(await stateHasPrivateKeys()).toBe(false);
});

test("rotation gives all nodes keys that were never anywhere else, in three steps without a gap", async () => {
  const old = await mesh.on("fra1", "sha256sum </etc/swanctl/private/fullmesh-1.pem");
  for (const step of ["accept", "use", "drop"]) {
    rotate("--all");
    expectNoGap(await deployedUnderTraffic(mesh, `${step} keys that were made on the nodes`));
  }
  expect(await mesh.on("fra1", "ls /etc/swanctl/private; stat -c %a:%U /etc/swanctl/private/*")).toBe(
    "fullmesh-2.pem\n600:root\n",
  );
  expect(await mesh.on("fra1", "sha256sum </etc/swanctl/private/fullmesh-2.pem")).not.toBe(old);
  expect(await stateHasPrivateKeys()).toBe(false);
});

test("a node that has lost its key says so, and gets another", async () => {
  await mesh.on("sao1", "rm /etc/swanctl/private/fullmesh-2.pem");
  const broken = await mesh.run(...upArgs, "--config", "fullmesh:driftDetection=true");
  expect(broken.status).not.toBe(0);
  expect(broken.output).toMatch(/sao1 \(key\): its key 2, which was made here, is not here any more/);
  rotate("sao1", "--revoke");
  expect((await mesh.run(...upArgs)).status).toBe(0);
  expect(mesh.fullmesh("status", "--stack", "e2e").status).toBe(0);
});
