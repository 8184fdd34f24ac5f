import { execFileSync } from "node:child_process";
import { nodeNames, TestMesh, type NodeName } from "../testMesh";
import { deployedUnderTraffic, expectNoGap, expectUnharmed, lives, withoutNode } from "../changes/underTraffic";
import { inCharon } from "../inCharon";
import { say } from "../say";
import { fourNodes } from "../plainMeshes";

/** A running mesh of four is edited under traffic. Beside what was lost stands what `fullmesh diff` had said. */
let mesh: TestMesh;

const git = (...args: string[]): void => {
  execFileSync("git", ["-c", "user.name=e2e", "-c", "user.email=e2e@example.net", ...args], {
    cwd: mesh.project.folder,
  });
};

TestMesh.setUp(fourNodes, (made) => {
  mesh = made;
  git("init", "-q");
});

/** Commits what is deployed, edits, and deploys. */
async function edited(what: string, edit: () => void) {
  git("add", "nodes", "Pulumi.yaml", "Pulumi.e2e.yaml");
  git("commit", "-q", "--allow-empty", "-m", "as deployed");
  edit();
  const { stdout } = mesh.fullmesh("diff", "HEAD", "--stack", "e2e");
  say(stdout);
  const outcome = await deployedUnderTraffic(mesh, what);
  return { said: stdout, outcome };
}

/** Each with the node's name before it, for nodes number their security associations each for itself. */
async function livesOf(...names: readonly NodeName[]): Promise<readonly string[]> {
  const all = await Promise.all(names.map(async (name) => (await lives(mesh, name)).map((line) => `${name} ${line}`)));
  return all.flat();
}

test("up", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
});

test("another MTU of an uplink changes its links as they run", async () => {
  const then = await livesOf(...nodeNames);
  const { ip4 } = mesh.host("sao1");
  const { said, outcome } = await edited("MTU of sao1's uplink", () => {
    mesh.writeNode("sao1", { endpoints: [{ serial: 0, family: "ip4", address: ip4, mtu: 1400 }] });
  });
  expect(said).toContain("none: nothing that runs is interrupted");
  expectUnharmed(outcome);
  expect(await livesOf(...nodeNames)).toEqual(then);
  expect(await mesh.on("fra1", "ip link show fm400-sao1")).toContain("mtu 1338");
});

test("another address of a node is its own links' business alone", async () => {
  await mesh.on("nyc1", "ip address add 192.0.2.52/24 dev eth0");
  const others = ["fra1", "tyo1", "sao1"] as const;
  const sas = async () => (await livesOf(...others)).filter((line) => !line.includes(" fm200-"));
  const then = await sas();
  const { said, outcome } = await edited("address of nyc1", () => {
    mesh.writeNode("nyc1", { endpoints: [{ serial: 0, family: "ip4", address: "192.0.2.52" }] });
  });
  expect(said).toContain("3 links blink");
  expectUnharmed(withoutNode(mesh.plan(), "nyc1", outcome));
  expect(outcome.flows.filter(({ broken }) => broken)).toEqual([]);
  expect(await sas()).toEqual(then);
  expect(await mesh.on("tyo1", "swanctl --list-sas 2>/dev/null | grep -c '192.0.2.52\\[4500\\]'")).toBe("1\n");
});

test("another UDP port restarts charon on that node, which is said before, and on no other", async () => {
  const others = ["fra1", "nyc1", "sao1"] as const;
  const sas = async () => (await livesOf(...others)).filter((line) => !line.includes(" fm300-"));
  const then = await sas();
  const { said, outcome } = await edited("UDP port of tyo1", () => {
    mesh.writeNode("tyo1", { endpoints: [{ serial: 0, family: "ip4", address: mesh.host("tyo1").ip4, port: 4600 }] });
  });
  expect(said).toContain("tyo1: restart of charon: its links are down until they are re-established");
  expectUnharmed(withoutNode(mesh.plan(), "tyo1", outcome));
  expect(await sas()).toEqual(then);
});

test("other ciphers make every link anew beside what runs", async () => {
  const then = await livesOf(...nodeNames);
  const { said, outcome } = await edited("ciphers of the mesh", () => {
    mesh.writeSettings({ cipherProfile: "cnsa" });
  });
  expect(said).toContain("6 links renew");
  expectNoGap(outcome);
  const now = await livesOf(...nodeNames);
  const sas = (lines: readonly string[]) => lines.filter((line) => line.includes(" fm"));
  expect(sas(now)).toHaveLength(12);
  expect(sas(now).filter((line) => sas(then).includes(line))).toEqual([]);
  expect(now.filter((line) => !line.includes(" fm"))).toEqual(then.filter((line) => !line.includes(" fm")));
});

test.each([
  ["ended by hand on the side that dials", `swanctl --terminate --ike ${inCharon("fm300-tyo1")}`],
  ["flushed from the kernel", "ip xfrm state deleteall"],
])("a security association that was %s is healed without the deployer, within a minute", async (_, harm) => {
  expect(await mesh.on("fra1", "grep -c fullmesh-dials /etc/swanctl/conf.d/fm300-tyo1.conf")).toBe("1\n");
  await mesh.on("fra1", `${harm} >/dev/null 2>&1`);
  const seconds = await mesh.until("fra1", "ping -n -q -c 1 -W 1 fe80::3%fm300-tyo1 >/dev/null", 60);
  say(`healed after ${seconds} s\n`);
});
