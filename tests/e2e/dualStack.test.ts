import { TestMesh } from "./testMesh";
import { say } from "./say";

/** Two nodes with both families, on uplinks of different MTU: a link for each family. */
let mesh: TestMesh;

/** The smaller of the two uplinks. */
const nyc1Mtu = 1400;

TestMesh.setUp("packaged", async (made) => {
  mesh = made;
  await mesh.on("nyc1", `ip link set dev eth0 mtu ${nyc1Mtu}`);
  mesh.writeNode("fra1", { endpoints: mesh.bothFamilies("fra1") });
  mesh.writeNode("nyc1", { endpoints: mesh.bothFamilies("nyc1", { mtu: nyc1Mtu }) });
});

test("the preview shows a link for each family, with its own interface and MTU", async () => {
  const { output } = await mesh.run("preview", "--diff");
  expect(output).toMatch(/"fm200-nyc1"\n *mtu +: 1338\n *path +: "ip4 192\.0\.2\.11:4500 -> 192\.0\.2\.12:4500"/);
  expect(output).toMatch(
    /"fm211-nyc1"\n *mtu +: 1318\n *path +: "ip6 \[2001:db8:0:2::11\]:4500 -> \[2001:db8:0:2::12\]:4500"/,
  );
});

test("up brings up both links", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  const { status, stdout } = mesh.fullmesh("status", "--stack", "e2e");
  say(stdout);
  expect(status).toBe(0);
});

test.each([
  ["fm200-nyc1", 1338],
  ["fm211-nyc1", 1318],
])("%s carries packets of %i bytes in one piece, and none that are larger", async (link, mtu) => {
  // One fragment would do to show that the link's MTU is too large for the underlay.
  const fragments = "nstat -az IpFragCreates Ip6FragCreates | awk '/Frag/ { sum += $2 } END { print sum }'";
  const before = await mesh.on("fra1", fragments);
  const ping = (size: number): string => `ping -6 -n -q -c 3 -i 0.2 -W 2 -M do -s ${size - 48} fe80::2%${link}`;
  expect(await mesh.on("fra1", ping(mtu))).toContain(" 0% packet loss");
  expect(await mesh.on("fra1", fragments)).toBe(before);
  const over = await mesh.lab.exec("h1", ping(mtu + 1));
  expect(over.stdout).toContain(" 100% packet loss");
});

test("a TCP connection through the link, forwarded from a network behind the node, has segments that fit", async () => {
  // A network namespace stands for a machine behind fra1; its own MTU is Ethernet's, and ICMP does not come through to it.
  await mesh.on(
    "fra1",
    `ip netns add lan; ip link add lan0 type veth peer name eth0 netns lan
     ip address add 10.8.0.1/24 dev lan0; ip link set lan0 up
     ip -n lan address add 10.8.0.2/24 dev eth0; ip -n lan link set eth0 up; ip -n lan route add default via 10.8.0.1
     sysctl -qw net.ipv4.conf.lan0.forwarding=1`,
  );
  mesh.writeNode("fra1", { endpoints: mesh.bothFamilies("fra1"), prefixes: ["10.8.0.0/24"] });
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  const server = `perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => 7000, Listen => 1, ReuseAddr => 1) or die; $c = $s->accept; while (sysread($c, $b, 65536)) { $n += length $b } print $n' >/run/received 2>&1 </dev/null &`;
  await mesh.until("nyc1", "ip route show proto babel 10.8.0.0/24 | grep -q .", 30);
  await mesh.on("nyc1", `setsid ${server}`);
  const client = `perl -MIO::Socket::INET -MSocket=IPPROTO_TCP -e '$c = IO::Socket::INET->new(PeerAddr => "10.43.0.2", PeerPort => 7000, Timeout => 20) or die "connect: $!"; print unpack("I", getsockopt($c, IPPROTO_TCP, 2)), "\\n"; syswrite($c, "x" x 65536) for 1 .. 16; close $c'`;
  const segment = Number(await mesh.on("fra1", `ip netns exec lan ${client}`));
  const received = await mesh.on(
    "nyc1",
    "for try in $(seq 30); do [ -s /run/received ] && break; sleep 0.5; done; cat /run/received",
  );
  say(`segments of ${segment} bytes; ${received} bytes arrived\n`);
  // Less the headers of IPv4 and TCP, and the latter's time stamps.
  expect(segment).toBeLessThanOrEqual(1338 - 40);
  expect(Number(received)).toBe(16 * 65536);
});

test.each(["ip4", "ip6"] as const)(
  "with %s cut, a running connection goes on over the other family",
  async (family) => {
    const send = `perl -MIO::Socket::INET -MTime::HiRes=time,sleep -e '
    my $c = IO::Socket::INET->new(PeerAddr => "10.43.0.2", PeerPort => 7001, Timeout => 20) or die "connect: $!";
    my ($last, $gap) = (time, 0);
    for my $i (1 .. 75) { syswrite($c, "x"); sysread($c, my $b, 1) or die "closed\\n"; my $now = time; $gap = $now - $last if $now - $last > $gap; $last = $now; sleep 0.2 }
    printf "%.1f\\n", $gap'`;
    const echo = `perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalPort => 7001, Listen => 1, ReuseAddr => 1) or die; $c = $s->accept; syswrite($c, $b) while sysread($c, $b, 1)' >/dev/null 2>&1 </dev/null &`;
    await mesh.on("nyc1", `setsid ${echo}`);
    const sending = mesh.on("fra1", send, 120);
    await mesh.on("fra1", "sleep 3");
    await mesh.lab.cut("h1", "h2", [family]);
    const longestGap = Number(await sending);
    say(`${family} cut: the connection went on after at most ${longestGap} s\n`);
    const link = family === "ip4" ? "fm200-nyc1" : "fm211-nyc1";
    expect(await mesh.on("fra1", "ip route show proto babel 10.43.0.2")).not.toContain(link);
    await mesh.lab.heal("h1", "h2");
    const neighbour = `echo dump | /usr/local/lib/fullmesh/babel say | grep -E 'neighbour .* if ${link} .* cost [0-9]'`;
    await mesh.until("fra1", `${neighbour} | grep -qv 'cost 65535'`, 90);
  },
);
