import { networkNamespace } from "../../../core/render/links";
import { datagramsHeard } from "../datagrams";
import { makeNetworkBehind } from "../isolation/networkBehind";
import { lans, placed, places, writePlaces, type Placed } from "../isolation/places";
import { TestMesh } from "../testMesh";

/** sao1 attacks, with no rules of its own; the three others have the overlay beside their own interfaces, in a VRF and in a network namespace. */
let mesh: TestMesh;

TestMesh.setUp("packaged", (made) => {
  mesh = made;
  writePlaces(mesh);
  mesh.writeNode("fra1", { prefixes: [`${announced.fra1.ip4}.0/24`, `${announced.fra1.ip6}:/64`] });
  mesh.writeNode("sao1");
});

/** What each announces. */
const announced = { ...lans, fra1: { ip4: "172.31.1", ip6: "fd00:1:" } } as const;

/** Behind each, and in nobody's `prefixes`. */
const management = { ip4: "172.31.9", ip6: "fd00:9:" } as const;

test("up, and each has a network that it announces, and one that it does not", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  for (const name of placed) {
    await makeNetworkBehind(mesh, name, "lan", announced[name]);
    await makeNetworkBehind(mesh, name, "manage", management);
  }
  await mesh.on("sao1", "systemctl stop fullmesh-firewall");
});

/** As an attacker would: straight to the node, whatever babel says. */
async function sendBy(name: Placed): Promise<void> {
  const link = mesh
    .plan()
    .nodes.find((node) => node.name === "sao1")
    ?.connections.find((one) => one.remote.node === name);
  if (link === undefined) throw new Error(`sao1 has no link with ${name}`);
  const to = `via inet6 ${link.remote.linkLocal} dev ${link.name} onlink src 10.43.0.4`;
  const to6 = `via ${link.remote.linkLocal} dev ${link.name} src fd43:f00d:cafe::4`;
  const { ip4, ip6 } = announced[name];
  await mesh.on(
    "sao1",
    `for to in ${ip4}.0/24 ${management.ip4}.0/24; do ip route replace $to ${to}; done
     for to in ${ip6}:/64 ${management.ip6}:/64; do ip -6 route replace $to ${to6}; done
     ip address replace ${ip4}.7/32 dev lo; ip -6 address replace ${ip6}:7/128 dev lo nodad
     ip address replace 203.0.113.7/32 dev lo; ip -6 address replace 2001:db8:7::7/128 dev lo nodad`,
  );
}

test.each(placed)(
  "by a link, nothing of %s is reached but the node and what it announces, and from nobody but the mesh",
  async (name) => {
    await sendBy(name);
    const { ip4, ip6 } = announced[name];
    const own = { ip4: "10.43.0.4", ip6: "fd43:f00d:cafe::4" };
    const heard = await datagramsHeard(
      mesh,
      "sao1",
      name,
      [
        { text: "to the announced network", from: own.ip4, to: `${ip4}.2` },
        { text: "to the announced network", from: own.ip6, to: `${ip6}:2` },
        { text: "to the private one", from: own.ip4, to: `${management.ip4}.2` },
        { text: "to the private one", from: own.ip6, to: `${management.ip6}:2` },
        { text: "to its private address", from: own.ip4, to: `${management.ip4}.1` },
        { text: "to its private address", from: own.ip6, to: `${management.ip6}:1` },
        { text: "as one of the network", from: `${ip4}.7`, to: `${ip4}.2` },
        { text: "as one of the network", from: `${ip6}:7`, to: `${ip6}:2` },
        { text: "as a stranger", from: "203.0.113.7", to: `${ip4}.2` },
        { text: "as a stranger", from: "2001:db8:7::7", to: `${ip6}:2` },
      ],
      ["lan", "manage", ...(places[name] === "none" ? [""] : [])],
    );
    expect(heard).toEqual([`${own.ip4} to the announced network`, `${own.ip6} to the announced network`]);
  },
);

test("nor does anybody near a node pass for the network behind it", async () => {
  const [fra1, tyo1] = [mesh.host("fra1"), "10.43.0.3"];
  const { ip4, ip6 } = announced.fra1;
  await mesh.on(
    "sao1",
    `ip route replace ${tyo1}/32 via ${fra1.ip4} dev eth0; ip -6 route replace fd43:f00d:cafe::3/128 via ${fra1.ip6} dev eth0`,
  );
  const heard = await datagramsHeard(
    mesh,
    "sao1",
    "tyo1",
    [
      { text: "by the underlay", from: `${ip4}.7`, to: tyo1 },
      { text: "by the underlay", from: `${ip6}:7`, to: "fd43:f00d:cafe::3" },
    ],
    [networkNamespace],
  );
  expect(heard).toEqual([]);
});
