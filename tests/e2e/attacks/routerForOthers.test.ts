import { TestMesh } from "../testMesh";

/** IPv6 forwarding, which the mesh needs, must not make fra1 a router between two networks that have nothing to do with the mesh, nor deaf to its own router. */
let mesh: TestMesh;

TestMesh.setUp("packaged", async (made) => {
  mesh = made;
  for (const name of ["fra1", "nyc1"] as const) mesh.writeNode(name);
  await mesh.on("fra1", ["sysctl -q net.ipv6.conf.eth0.accept_ra=1", ...["one", "two"].map(network)].join("\n"));
  await advertise();
});

/** A network behind fra1 with one host, which takes fra1 for its router. */
function network(name: string, index: number): string {
  const prefix = `fd00:${index}:`;
  return `ip netns add ${name}; ip link add ${name}0 type veth peer name eth0 netns ${name}
    ip link set ${name}0 up; ip address add ${prefix}:1/64 dev ${name}0 nodad
    ip -n ${name} link set eth0 up; ip -n ${name} address add ${prefix}:2/64 dev eth0 nodad; ip -n ${name} route add default via ${prefix}:1`;
}

/** nyc1's host says that it is a router (RFC 4861 section 4.2), and fra1 takes it for its own. */
async function advertise(): Promise<void> {
  await mesh.on(
    "nyc1",
    `perl -MSocket=:all -e '
      socket(my $socket, AF_INET6, SOCK_RAW, 58) or die;
      setsockopt($socket, IPPROTO_IPV6, 18, pack("i", 255)) or die;
      setsockopt($socket, IPPROTO_IPV6, 17, pack("i", $ARGV[0])) or die;
      send($socket, pack("CCnCCnNN", 134, 0, 0, 64, 0, 1800, 0, 0), 0, pack_sockaddr_in6(0, inet_pton(AF_INET6, "ff02::1"), $ARGV[0])) or die' $(cat /sys/class/net/eth0/ifindex)`,
  );
  await mesh.until("fra1", advertised, 5);
}

const advertised = "ip -6 route show default proto ra | grep -q .";
const passes = "ip netns exec one ping -n -q -c 2 -i 0.2 -W 1 fd00:1::2";
const setting = (name: string): Promise<string> => mesh.on("fra1", `cat /proc/sys/net/ipv6/conf/${name}`);

test("up, and the default route stays", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  await mesh.on("fra1", advertised);
});

test("it forwards nothing between them, and takes router advertisements as before", async () => {
  expect(await setting("all/forwarding")).toBe("1\n");
  expect(await mesh.on("fra1", `! ${passes}`)).toContain(" 100% packet loss");
  expect(await setting("eth0/forwarding")).toBe("0\n");
  expect(await setting("eth0/accept_ra")).toBe("1\n");
  await mesh.on("fra1", "ip -6 route flush default proto ra");
  await advertise();
});

test("once the operator has it forward, it does", async () => {
  await mesh.on("fra1", "sysctl -q net.ipv6.conf.all.forwarding=1");
  await mesh.until("fra1", `${passes} >/dev/null`, 45);
  await mesh.untilHealthy();
});

test("the host is left as it was found", async () => {
  await mesh.on("fra1", "sysctl -q net.ipv6.conf.default.forwarding=0 net.ipv6.conf.eth0.forwarding=0");
  const { status } = await mesh.run("destroy", "--yes", "--skip-preview", "--run-program");
  expect(status).toBe(0);
  expect(await setting("all/forwarding")).toBe("0\n");
  expect(await setting("eth0/accept_ra")).toBe("1\n");
});
