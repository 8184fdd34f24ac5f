import { expectAllPings } from "../allPings";
import { datagramsHeard } from "../datagrams";
import { TestMesh } from "../testMesh";
import { leavesPolicy, writeHubsAndLeaves } from "./hubsAndLeaves";

/** fra1 and nyc1 are hubs, tyo1 and sao1 leaves: what a leaf is for, and what it may send. */
let mesh: TestMesh;

TestMesh.setUp("packaged", (made) => {
  mesh = made;
  writeHubsAndLeaves(mesh);
});

test("a policy that names a tag which no node has is refused before any host is touched", async () => {
  mesh.writePolicy("leaves: [{ tag: thin, hubs: [hubs] }]\n");
  const { status, output } = await mesh.run("preview");
  expect(status).not.toBe(0);
  expect(output).toContain("no host was changed");
  expect(output).toContain('_policy.yaml:1:30: no node has the tag "hubs"; did you mean "hub"?');
});

test("the preview has five links and not six, and says who relays", async () => {
  mesh.writePolicy(leavesPolicy);
  const { status, output } = await mesh.run("preview", "--diff");
  expect(status).toBe(0);
  expect(output.match(/fullmesh:index:Connection: \(create\)/g)).toHaveLength(10);
  expect(output).not.toContain("have no direct link");
  expect(output.match(/relays +: false/g)).toHaveLength(2);
});

test("all nodes reach each other", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  await expectAllPings(mesh);
  expect(mesh.fullmesh("status", "--stack", "e2e").status).toBe(0);
});

test("a leaf may speak for nobody but itself, and nobody for a node in clear", async () => {
  // tyo1 takes the address of sao1, in a link and in clear, beside its own.
  const heard = (): Promise<readonly string[]> =>
    datagramsHeard(mesh, "tyo1", "fra1", [
      { text: "by the link", from: "10.43.0.4", to: "10.43.0.1" },
      { text: "in clear", from: "10.43.0.4", to: mesh.host("fra1").ip4 },
      { text: "its own", from: "10.43.0.3", to: "10.43.0.1" },
    ]);
  // The way in clear must be known beforehand: who asks for it with a foreign address may get no answer.
  await mesh.on("tyo1", `ping -n -q -c 3 -i 0.2 ${mesh.host("fra1").ip4}; ip address add 10.43.0.4/32 dev lo`);
  expect(await heard()).toEqual(["10.43.0.3 its own"]);
  // Its own rules would keep it from that; so it has none now.
  await mesh.on("tyo1", "systemctl stop fullmesh-firewall");
  expect(await heard()).toEqual(["10.43.0.3 its own"]);
  // It is the rules that keep it out.
  await mesh.on("fra1", "systemctl stop fullmesh-firewall");
  expect(await heard()).toEqual(["10.43.0.3 its own", "10.43.0.4 by the link", "10.43.0.4 in clear"]);
  await mesh.on("fra1", "systemctl start fullmesh-firewall");
  await mesh.on("tyo1", "ip address del 10.43.0.4/32 dev lo; systemctl start fullmesh-firewall");
});

test("a neighbour on the underlay reaches neither a node's overlay address nor another node through it", async () => {
  const [tyo1, fra1] = [mesh.host("tyo1"), mesh.host("fra1")];
  const heard = async (): Promise<readonly string[]> => [
    ...(await datagramsHeard(mesh, "tyo1", "fra1", [{ text: "to it", from: tyo1.ip4, to: "10.43.0.1" }])),
    ...(await datagramsHeard(mesh, "tyo1", "nyc1", [{ text: "through it", from: tyo1.ip6, to: "fd43:f00d:cafe::2" }])),
  ];
  // Its own rules would keep it from sending that; so it has none.
  await mesh.on(
    "tyo1",
    `systemctl stop fullmesh-firewall
    ip rule add from ${tyo1.ip4} to 10.43.0.0/16 lookup 99; ip route add default via ${fra1.ip4} table 99
    ip -6 rule add from ${tyo1.ip6} to fd43:f00d:cafe::/48 lookup 99; ip -6 route add default via ${fra1.ip6} dev eth0 table 99
    ping -n -q -c 3 -i 0.2 ${fra1.ip4}; ping -n -q -c 3 -i 0.2 ${fra1.ip6}`,
  );
  expect(await heard()).toEqual([]);
  for (const name of ["fra1", "nyc1"] as const) await mesh.on(name, "systemctl stop fullmesh-firewall");
  expect(await heard()).toEqual([`${tyo1.ip4} to it`, `${tyo1.ip6} through it`]);
  for (const name of ["fra1", "nyc1"] as const) await mesh.on(name, "systemctl start fullmesh-firewall");
  await mesh.on(
    "tyo1",
    `ip rule del from ${tyo1.ip4} to 10.43.0.0/16 lookup 99; ip route flush table 99
    ip -6 rule del from ${tyo1.ip6} to fd43:f00d:cafe::/48 lookup 99; ip -6 route flush table 99
    systemctl start fullmesh-firewall`,
  );
});
