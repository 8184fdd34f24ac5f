import type { NodeName } from "../testMesh";
import { TestMesh } from "../testMesh";

/** tyo1's host is none of the mesh: it knows the addresses of fra1 and nyc1, and sends what it likes. nyc1 has its links in a namespace. */
let mesh: TestMesh;

TestMesh.setUp("packaged", (made) => {
  mesh = made;
  mesh.writeNode("fra1", { endpoints: mesh.bothFamilies("fra1") });
  mesh.writeNode("nyc1", { endpoints: mesh.bothFamilies("nyc1"), isolation: "netns" });
});

test("up", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
});

/** Of a packet that the victim may have sent to its peer: as ICMP quotes it, from its IP header on, in Perl. $from and $to are the addresses, packed. */
const quoted4 = {
  "UDP from the port of the links":
    'pack("CCnnnCCna4a4", 0x45, 0, 1500, 1, 0x4000, 64, 17, 0, $from, $to) . pack("nnnn", 4500, 4500, 1480, 0)',
  "UDP, with options before it":
    'pack("CCnnnCCna4a4N", 0x46, 0, 1500, 1, 0x4000, 64, 17, 0, $from, $to, 0x01010101) . pack("nnnn", 4500, 4500, 1480, 0)',
  "an answer to a ping":
    'pack("CCnnnCCna4a4", 0x45, 0, 1500, 1, 0x4000, 64, 1, 0, $from, $to) . pack("CCnnn", 0, 0, 0, 1, 1)',
} as const;

const quoted6 = {
  "UDP from the port of the links":
    'pack("NnCCa16a16", 0x60000000, 1452, 17, 64, $from, $to) . pack("nnnn", 4500, 4500, 1452, 0)',
  "UDP in a fragment":
    'pack("NnCCa16a16", 0x60000000, 1452, 44, 64, $from, $to) . pack("CCnN", 17, 0, 1, 7) . pack("nnnn", 4500, 4500, 1452, 0)',
  "UDP after destination options":
    'pack("NnCCa16a16", 0x60000000, 1452, 60, 64, $from, $to) . pack("CCa6", 17, 0, "\\1\\4") . pack("nnnn", 4500, 4500, 1452, 0)',
} as const;

/** How the message goes out in two fragments, each with an IP header of its own; the kernel sums no ICMPv6 that it does not see whole. */
const inFragments = {
  ip4: `
    socket(my $raw, AF_INET, SOCK_RAW, 255) or die "$!"; $id++;
    for ([0x2000, substr $message, 0, 8], [1, substr $message, 8]) {
      my ($offset, $part) = @$_;
      send($raw, pack("CCnnnCCna4a4", 0x45, 0, 20 + length $part, $id, $offset, 64, 1, 0, $own, $from) . $part, 0, pack_sockaddr_in(0, $from)) or die "$!" }`,
  ip6: `
    socket(my $raw, AF_INET6, SOCK_RAW, 255) or die "$!"; $id++;
    my $sum = unpack("%32n*", $own . $victim . pack("NN", length $message, 58) . $message . ("\\0" x (length($message) % 2)));
    $sum = ($sum >> 16) + ($sum & 0xffff) while $sum >> 16;
    my $whole = $message; substr($whole, 2, 2) = pack("n", ~$sum & 0xffff);
    for ([1, substr $whole, 0, 8], [8, substr $whole, 8]) {
      my ($offset, $part) = @$_;
      my $fragment = pack("CCnN", 58, 0, $offset, $id) . $part;
      send($raw, pack("NnCCa16a16", 0x60000000, length $fragment, 44, 64, $own, $victim) . $fragment, 0, pack_sockaddr_in6(0, $victim)) or die "$!" }`,
} as const;

/**
 * Sends it, three times.
 *
 * @param fragmented whether in two fragments, of which the first has the message's own header alone
 * @param between the addresses that the quoted packet is from and to, if they are not those of victim and peer on the underlay
 */
async function sendTooBig(
  victim: NodeName,
  peer: NodeName,
  family: "ip4" | "ip6",
  quoted: string,
  fragmented = false,
  between: readonly [string, string] = [mesh.host(victim)[family], mesh.host(peer)[family]],
): Promise<void> {
  const [from, to] = between;
  const [domain, protocol] = family === "ip4" ? ["AF_INET", 1] : ["AF_INET6", 58];
  const name = family === "ip4" ? "pack_sockaddr_in" : "pack_sockaddr_in6";
  const message = family === "ip4" ? 'pack("CCnnn", 3, 4, 0, 0, 552)' : 'pack("CCnN", 2, 0, 0, 1280)';
  await mesh.on(
    "tyo1",
    `perl -MSocket=:all -e '
      my ($from, $to, $own, $victim) = map { inet_pton(${domain}, $_) } @ARGV;
      socket(my $socket, ${domain}, SOCK_RAW, ${protocol}) or die "$!";
      my $message = ${message} . ${quoted}; my $id = $$;
      if (${protocol} == 1) {
        my $sum = unpack("%32n*", $message . ("\\0" x (length($message) % 2))); $sum = ($sum >> 16) + ($sum & 0xffff) while $sum >> 16;
        substr($message, 2, 2) = pack("n", ~$sum & 0xffff);
      }
      for (1 .. 3) { ${fragmented ? inFragments[family] : `send($socket, $message, 0, ${name}(0, $victim)) or die "$!"`}; select undef, undef, undef, 0.1 }' ${from} ${to} ${mesh.host("tyo1")[family]} ${mesh.host(victim)[family]}`,
  );
}

const victims = [
  ["fra1", "nyc1"],
  ["nyc1", "fra1"],
] as const;

const attacks = victims.flatMap(([victim, peer]) => [
  ...Object.entries(quoted4).map(([what, quoted]) => [victim, peer, "ip4", what, quoted] as const),
  ...Object.entries(quoted6).map(([what, quoted]) => [victim, peer, "ip6", what, quoted] as const),
]);

test.each(attacks)(
  "blind ICMP does not narrow the path from %s to %s (%s, %s)",
  async (victim, peer, family, _, quoted) => {
    const route = `ip route get ${mesh.host(peer)[family]}`;
    await mesh.on(victim, "ip route flush cache; ip -6 route flush cache");
    await sendTooBig(victim, peer, family, quoted);
    expect(await mesh.on(victim, route)).not.toContain("mtu");
  },
);

test.each(
  victims.flatMap(([victim, peer]) => [
    [victim, peer, "ip4", quoted4["UDP from the port of the links"]] as const,
    [victim, peer, "ip6", quoted6["UDP from the port of the links"]] as const,
  ]),
)("nor in two fragments (from %s to %s, %s)", async (victim, peer, family, quoted) => {
  await mesh.on(victim, "ip route flush cache; ip -6 route flush cache");
  await sendTooBig(victim, peer, family, quoted, true);
  expect(await mesh.on(victim, `ip route get ${mesh.host(peer)[family]}`)).not.toContain("mtu");
});

test("nor does it narrow a path inside the mesh", async () => {
  const [from, to] = ["10.43.0.1", "10.43.0.2"];
  await mesh.on("fra1", "ip route flush cache");
  await sendTooBig("fra1", "nyc1", "ip4", quoted4["an answer to a ping"], false, [from, to]);
  expect(await mesh.on("fra1", `ip route get ${to}`)).not.toContain("mtu");
  expect(await mesh.on("fra1", `ping -n -q -c 3 -i 0.2 -W 2 -M do -s 1200 ${to}`)).toContain(" 0% packet loss");
});

test("babeld hears nobody on the underlay, beside which it is on fra1", async () => {
  await mesh.on(
    "fra1",
    `nft 'table inet watch6696 { counter seen {}; chain input { type filter hook input priority 0; iifname "eth0" udp dport 6696 counter name seen; }; }'`,
  );
  const knock = `for i in 1 2 3; do echo knock >/dev/udp/${mesh.host("fra1").ip6}/6696; done`;
  await mesh.on("tyo1", `bash -c '${knock}'`);
  expect(await mesh.on("fra1", "nft list counters table inet watch6696")).toContain("packets 0 ");
});

test("while it comes, packets of the link's size pass on all links", async () => {
  const [fra1] = mesh.plan().nodes;
  for (const { name, mtuBytes, remote } of fra1?.connections ?? []) {
    for (const [family, quoted] of [["ip4", quoted4] as const, ["ip6", quoted6] as const]) {
      await sendTooBig("fra1", "nyc1", family, quoted["UDP from the port of the links"]);
    }
    const ping = `ping -6 -n -q -c 3 -i 0.2 -W 2 -M do -s ${mtuBytes - 48} ${remote.linkLocal}%${name}`;
    expect(await mesh.on("fra1", ping)).toContain(" 0% packet loss");
  }
});

test("charon is reached at the one port of the node and at no other", async () => {
  for (const name of ["fra1", "nyc1"] as const) {
    const ports = await mesh.on(name, `ss -Hlunp | grep charon | awk '{ print $4 }' | sed 's/.*://' | sort -nu`);
    expect(ports).toBe("500\n4500\n");
    await mesh.on(
      name,
      `nft 'table inet watch { counter seen {}; chain input { type filter hook input priority 0; udp dport 500 counter name seen; }; }'`,
    );
    const knock = `for i in 1 2 3; do echo knock >/dev/udp/${mesh.host(name).ip4}/500; echo knock >/dev/udp/${mesh.host(name).ip6}/500; done`;
    await mesh.on("tyo1", `bash -c '${knock}'`);
    expect(await mesh.on(name, "nft list counters table inet watch")).toContain("packets 0 ");
  }
});
