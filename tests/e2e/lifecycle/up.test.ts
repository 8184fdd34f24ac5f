import { expectAllPings } from "../allPings";
import { TestMesh } from "../testMesh";
import { touched } from "../touched";
import { say } from "../say";

/** A mesh of three nodes comes up, and another `up` leaves it alone. */
let mesh: TestMesh;
const behindTyo1 = "10.9.0.0/24";

TestMesh.setUp("packaged", (made) => {
  mesh = made;
});

test("preview of an empty stack says what will be, in a network engineer's words", async () => {
  for (const name of ["fra1", "nyc1"] as const) mesh.writeNode(name);
  mesh.writeNode("tyo1", { prefixes: [behindTyo1] });
  const { status, output } = await mesh.run("preview", "--diff");
  expect(status).toBe(0);
  expect(output).toContain('path     : "ip4 192.0.2.11:4500 -> 192.0.2.13:4500"');
  expect(output).toContain('initiator: "fra1"');
  expect(output).toContain('interface: "fm300-tyo1"');
  expect(output).not.toMatch(/PRIVATE KEY|BEGIN OPENSSH/);
});

test("up brings up three nodes that ping each other over the overlay", async () => {
  const { status, output } = await mesh.run("up", "--yes");
  expect(status).toBe(0);
  expect(output).not.toMatch(/PRIVATE KEY|BEGIN OPENSSH/);
  await expectAllPings(mesh);
});

test("a network behind a node is announced from when it has a route, as made by hand, and status says so before", async () => {
  const before = mesh.fullmesh("status", "--stack", "e2e");
  expect(before.status).toBe(1);
  expect(before.stdout).toContain(`tyo1: does not announce ${behindTyo1}: `);
  await mesh.lab.exec(
    "h3",
    `ip link add behind type dummy; ip link set behind up; ip route add ${behindTyo1} dev behind`,
  );
  await mesh.until("fra1", `ip route show proto babel ${behindTyo1} | grep -q .`, 60);
});

test("status tells that it is healthy", () => {
  const { status, stdout } = mesh.fullmesh("status", "--stack", "e2e");
  say(stdout);
  expect(status).toBe(0);
});

test("systemd-networkd leaves the mesh's interfaces alone, where the host has a file for all names", async () => {
  await mesh.on(
    "fra1",
    `mkdir -p /run/systemd/network; cd /run/systemd/network
     printf '[Match]\\nName=eth*\\n[Link]\\nUnmanaged=yes\\n' >01-eth.network
     printf '[Match]\\nName=*\\n[Network]\\nDHCP=yes\\n' >02-all.network
     systemctl start systemd-networkd`,
  );
  await mesh.until("fra1", "networkctl list --no-legend lo | grep -q ' configur'", 60);
  expect(await mesh.on("fra1", "networkctl list --no-legend 'fm*' | awk '{ print $2, $NF }'")).toBe(
    ["fm-overlay", "fm200-nyc1", "fm300-tyo1"].map((name) => `${name} unmanaged\n`).join(""),
  );
  expect(await mesh.on("fra1", "ip -6 -o address show scope link | grep -c ' fm[0-9]'")).toBe("2\n");
  await mesh.on("fra1", "systemctl stop systemd-networkd.socket systemd-networkd; rm -r /run/systemd/network");
});

test("a second up changes nothing, in the state or on a host", async () => {
  const then = await Promise.all(["h1", "h2", "h3"].map((host) => touched(mesh.lab, host)));
  const { status } = await mesh.run("up", "--yes", "--expect-no-changes");
  expect(status).toBe(0);
  expect(await Promise.all(["h1", "h2", "h3"].map((host) => touched(mesh.lab, host)))).toEqual(then);
});
