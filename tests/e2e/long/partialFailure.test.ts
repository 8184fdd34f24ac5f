import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { utils } from "ssh2";
import { SilentPort } from "../../../lab/silentPort";
import { TestMesh } from "../testMesh";
import { say } from "../say";

/** What may be wrong with one node is wrong with several at once: the others converge, each that failed is named, and the next `up` does the rest. */
let mesh: TestMesh;
let dead: SilentPort;
const mute = createServer(() => undefined);

/** Nodes of which there are no hosts in the lab. */
const absent = { dead1: 5, mute1: 6 } as const;

TestMesh.setUp("packaged", async (made) => {
  mesh = made;
  dead = await SilentPort.open();
  mute.listen(0, "127.0.0.1");
  await once(mute, "listening");
  for (const name of ["fra1", "nyc1", "tyo1", "sao1"] as const) mesh.writeNode(name);
  writeAbsent("dead1", dead.port);
  writeAbsent("mute1", (mute.address() as AddressInfo).port);
});

afterAll(() => {
  dead.close();
  mute.close();
});

function writeAbsent(name: keyof typeof absent, port: number): void {
  const id = absent[name];
  mesh.project.writeNode(name, {
    id,
    organization: "lab",
    ssh: { host: "127.0.0.1", port },
    endpoints: [{ serial: 0, family: "ip4", address: `192.0.2.${100 + id}`, port: 4500 }],
  });
}

/** The lab's known_hosts, with a key for tyo1 that no host has. */
function anotherKeyOfTyo1(): string {
  const file = join(mesh.project.folder, "known_hosts");
  const lines = readFileSync(mesh.lab.knownHostsFile, "utf8").split("\n");
  const tyo1 = mesh.host("tyo1").sshPort;
  const others = lines.filter((line) => !line.includes(`:${tyo1} `));
  writeFileSync(file, [...others, `[127.0.0.1]:${tyo1} ${utils.generateKeyPairSync("ed25519").public}`, ""].join("\n"));
  return file;
}

/** A folder of a host becomes one with so little room; `rm` and `umount` take that back. */
function small(folder: string, size: string): string {
  return `mkdir -p /mnt/small; mount -t tmpfs -o size=${size} small /mnt/small; mkdir /mnt/small/upper /mnt/small/work
    mount -t overlay -o lowerdir=${folder},upperdir=/mnt/small/upper,workdir=/mnt/small/work small ${folder}`;
}

const large = (folder: string): string => `umount -l ${folder}; umount -l /mnt/small`;

/** What the summary says of a node. */
function said(output: string, node: string): string {
  return new RegExp(`^ +${node} \\(\\w+\\): .*(\\n +(?!\\w+ \\().*)*`, "m").exec(output)?.[0] ?? "";
}

test("dead, mute, out of room, broken apt: the two others converge", async () => {
  await mesh.on(
    "tyo1",
    "dpkg --purge babeld >/dev/null; mv /etc/apt/sources.list /root/; echo 'deb [trusted=yes] http://127.0.0.1:9/ none main' >/etc/apt/sources.list",
  );
  await mesh.on("sao1", small("/var", "12m"));
  const { status, output, seconds } = await mesh.run("up", "--yes", "--skip-preview");
  say(`four of six nodes failed, two converged: ${seconds.toFixed(1)} s\n`);
  expect(status).not.toBe(0);
  expect(output).toContain("4 of 6 nodes failed; fra1 and nyc1 went well:\n");
  expect(said(output, "dead1")).toMatch(/did not answer within 20 s\.\n.*fix: is the host up/);
  expect(said(output, "mute1")).toMatch(/does not speak SSH .*\n.*fix: /);
  expect(said(output, "tyo1")).toMatch(/\(install\): apt-get could not install babeld/);
  expect(said(output, "sao1")).toMatch(/\(install\): only \d+ MB are free .*\n.*fix: make room/);
  await mesh.on("fra1", "ping -n -q -c 3 -i 0.2 -W 2 10.43.0.2 >/dev/null");
});

test("the next up does what was mended, and names what is wrong by now", async () => {
  await mesh.on("tyo1", "mv /root/sources.list /etc/apt/");
  await mesh.on("sao1", large("/var"));
  mesh.writeSettings({ knownHosts: anotherKeyOfTyo1() });
  for (const name of ["dead1", "mute1"]) mesh.project.removeNode(name);
  const { status, output } = await mesh.run("up", "--yes", "--skip-preview");
  expect(status).not.toBe(0);
  expect(output).toContain("1 of 4 nodes failed; fra1, nyc1 and sao1 went well:\n");
  expect(said(output, "tyo1")).toMatch(/\(install\): .*key.*(\n.*)*fix: /i);
  await mesh.on("fra1", "ping -n -q -c 3 -i 0.2 -W 2 10.43.0.4 >/dev/null");
});

test("a change of all nodes, one of which has no room left, gets to the others", async () => {
  mesh.writeSettings({ babelProfile: "lan rtt-max=60" });
  await mesh.on("sao1", `${small("/var/lib/fullmesh", "64k")}; cat /dev/zero >/var/lib/fullmesh/zero 2>/dev/null || :`);
  const { status, output } = await mesh.run("up", "--yes", "--skip-preview");
  expect(status).not.toBe(0);
  expect(output).toContain("1 of 4 nodes failed; fra1, nyc1 and tyo1 went well:\n");
  expect(said(output, "sao1")).toMatch(/No space left on device|make room/);
  await mesh.on(
    "fra1",
    "grep -q 'rtt-max 60' /etc/fullmesh/babeld.conf && ping -n -q -c 3 -i 0.2 -W 2 10.43.0.3 >/dev/null",
  );
});

test("with room again, the last up leaves nothing to be done", async () => {
  await mesh.on("sao1", `rm /var/lib/fullmesh/zero; ${large("/var/lib/fullmesh")}`);
  const { status, output } = await mesh.run("up", "--yes", "--skip-preview");
  expect(status).toBe(0);
  for (const name of ["fra1", "nyc1", "tyo1"]) expect(output).not.toContain(`${name}-apply`);
  const health = mesh.fullmesh("status", "--stack", "e2e");
  say(health.stdout);
  expect(health.status).toBe(0);
});
