import { pingOn } from "../../../lab/overlayPing";
import { expectAllPings } from "../allPings";
import { lossy, SteadyPing } from "../steadyPing";
import { TestMesh } from "../testMesh";
import { makeNetworkBehind } from "./networkBehind";
import { inPlace, ipOfLinks, lans, placed, writePlaces, type Placed } from "./places";
import { say } from "../say";

/** The overlay beside the node's own interfaces, in a VRF, and in a network namespace: the same holds in each. */
let mesh: TestMesh;

TestMesh.setUp("packaged", async (made) => {
  mesh = made;
  // As Ubuntu has it: a new network namespace inherits it (kernel ip-sysctl, devconf_inherit_init_net).
  await mesh.lab.vm("sysctl -q net.ipv4.conf.all.rp_filter=2");
  // As hardening guides have it.
  for (const name of ["fra1", "tyo1"] as const) await mesh.on(name, "sysctl -q net.ipv6.conf.all.disable_ipv6=1");
  writePlaces(mesh);
  mesh.writePolicy("allow: [{ from: all, to: all, ports: [tcp/7005] }]\n");
});

/** The two others. */
function others(name: Placed): readonly [Placed, Placed] {
  const [one, other] = placed.filter((each) => each !== name);
  if (one === undefined || other === undefined) throw new Error(`${name} is not one of three`);
  return [one, other];
}

/** Those whose overlay is not beside their own interfaces. */
const apart = ["nyc1", "tyo1"] as const;

const interfaces = "ls /sys/class/net | grep -v bonding_masters";

const ipv4 = { fra1: "10.43.0.1", nyc1: "10.43.0.2", tyo1: "10.43.0.3" } as const;

test("up brings them up, and all reach each other", async () => {
  const { status, output } = await mesh.run("up", "--yes", "--diff");
  expect(status).toBe(0);
  expect(output).toMatch(/isolation *: "netns"/);
  expect(output).toMatch(/isolation *: "vrf"/);
  await expectAllPings(mesh);
});

test("the host's own network has nothing of an overlay that is apart from it", async () => {
  const own = "ip route; ip -6 route; ip route get 10.43.0.1";
  const forwarding = "cat /proc/sys/net/ipv6/conf/all/forwarding";
  for (const name of apart) {
    expect(await mesh.on(name, own)).not.toMatch(/fm[0-9-]|fd43:|via inet6|fullmesh/);
    expect(await mesh.on(name, forwarding)).toBe("0\n");
    expect(await mesh.on(name, "! ping -n -q -c 2 -i 0.2 -W 1 10.43.0.1")).toContain(" 100% packet loss");
  }
  expect(await mesh.on("tyo1", interfaces)).toBe("eth0\nlo\n");
  expect(await mesh.on("nyc1", interfaces)).toBe("eth0\nfullmesh\nfullmesh-links\nlo\n");
});

test("IPv6 stays disabled on a host that has it disabled, but on the interfaces of the mesh", async () => {
  const enabled = "cd /proc/sys/net/ipv6/conf; grep -lx 0 */disable_ipv6 | grep -v '^fm' || :";
  for (const name of ["fra1", "tyo1"] as const) expect(await mesh.on(name, enabled)).toBe("");
});

test("from each, a packet as large as the link passes whole, and one byte more does not", async () => {
  await Promise.all(placed.map(passesAtTheSizeOfTheLink));
});

async function passesAtTheSizeOfTheLink(name: Placed): Promise<void> {
  const node = mesh.plan().nodes.find((each) => each.name === name);
  if (node === undefined) throw new Error(`no ${name}`);
  const [link] = node.connections;
  const peer = ipv4[others(name)[0]];
  const ping = (size: number): string => `${pingOn(node)} -n -q -c 2 -i 0.2 -W 2 -M do -s ${size - 28} ${peer}`;
  expect(await mesh.on(name, ping(link?.mtuBytes ?? 0))).toContain(" 0% packet loss");
  expect(await mesh.on(name, `! ${ping((link?.mtuBytes ?? 0) + 1)}`)).toContain(" 100% packet loss");
}

test("each lets in what the policy allows, and nothing more", async () => {
  await Promise.all(placed.map(letsInWhatIsAllowed));
});

async function letsInWhatIsAllowed(name: Placed): Promise<void> {
  const serve = (port: number): string => `setsid ${inPlace(
    name,
    `perl -MIO::Socket::INET -e '
      alarm 60; my $s = IO::Socket::INET->new(LocalPort => ${port}, Listen => 5, ReuseAddr => 1) or die; while (my $c = $s->accept) { close $c }'`,
  )} >/dev/null 2>&1 </dev/null &
    for try in $(seq 50); do ${inPlace(name, "ss")} -Hltn 'sport = :${port}' | grep -q . && break; sleep 0.1; done`;
  const attempt = `perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => 3) ? "open" : "$!"'`;
  const connect = (from: Placed, port: number): Promise<string> =>
    mesh.on(from, inPlace(from, `${attempt} ${ipv4[name]} ${port}`));
  await mesh.on(name, `${serve(7005)}; ${serve(7006)}`);
  const [one, other] = others(name);
  // Nothing stands in the way of the last but the rules.
  const attempts = [connect(one, 7005), connect(other, 7005), connect(name, 7006), connect(one, 7006)];
  expect(await Promise.all(attempts)).toEqual(["open", "open", "open", "Connection timed out"]);
}

test.each([0, 1, 2])(
  "replies by another link than the requests arrive, with rp_filter %i on the hosts",
  async (filter) => {
    await Promise.all(placed.map((name) => mesh.on(name, `sysctl -q net.ipv4.conf.all.rp_filter=${filter}`)));
    for (const name of placed) {
      const [peer, detour] = others(name);
      const link = mesh
        .plan()
        .nodes.find((node) => node.name === name)
        ?.connections.find(({ remote }) => remote.node === detour);
      if (link === undefined) throw new Error(`${name} has no link with ${detour}`);
      const route = `${ipv4[peer]}/32 via inet6 ${link.remote.linkLocal} dev ${link.name} onlink src ${ipv4[name]} metric 1`;
      await mesh.on(name, `${ipOfLinks(name)} route add ${route}`);
      const ping = inPlace(peer, `ping -n -q -c 5 -i 0.2 -W 1 ${ipv4[name]} || :`);
      expect(`${name}: ${await mesh.on(peer, ping)}`).toContain(" 0% packet loss");
      await mesh.on(name, `${ipOfLinks(name)} route del ${route}`);
    }
  },
);

test("babeld starts again on all at once, and no packet is lost", async () => {
  const ping = await SteadyPing.start(mesh.lab, mesh.plan());
  await Promise.all(placed.map((name) => mesh.on(name, "systemctl restart fullmesh-babeld")));
  for (const name of placed) {
    await mesh.until(name, `[ "$(${ipOfLinks(name)} route show proto babel | grep -c '^10.43.0')" = 2 ]`, 30);
  }
  const losses = await ping.stop();
  expect(losses).toHaveLength(12);
  expect(losses.filter(({ sent }) => sent < 20)).toEqual([]);
  expect(lossy(losses)).toEqual([]);
});

test("networks behind a VRF and behind a namespace reach each other, and status finds nothing wrong", async () => {
  for (const name of apart) await makeNetworkBehind(mesh, name, "lan", lans[name]);
  const known = (network: string): string => `ip -n fullmesh route show proto babel | grep -q '^${network}.0/24'`;
  await mesh.until("nyc1", known(lans.tyo1.ip4), 30);
  await mesh.until("tyo1", known(lans.nyc1.ip4), 30);
  for (const to of [`${lans.tyo1.ip4}.2`, `${lans.tyo1.ip6}:2`]) {
    expect(await mesh.on("nyc1", `ip netns exec lan ping -n -q -c 3 -i 0.2 -W 2 ${to}`)).toContain(" 0% packet loss");
  }
  const told = mesh.fullmesh("status", "--stack", "e2e");
  say(told.stdout);
  expect(told.status).toBe(0);
});

test("a second up changes nothing, and the links are as their tables say", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview", "--expect-no-changes")).status).toBe(0);
  const links = "/usr/local/lib/fullmesh/links up && /usr/local/lib/fullmesh/links prune";
  expect(await Promise.all(placed.map((name) => mesh.on(name, links)))).toEqual(placed.map(() => ""));
});

/** What a network manager that tidies up takes away, and what somebody sets for the host as a whole. */
const tidied = {
  fra1: "ip route flush proto babel; ip -6 route flush proto babel; ip -6 route flush proto 77; ip route flush proto 77; ip route flush type unreachable; ip -6 route flush type unreachable",
  nyc1: "ip route flush table 26221; ip -n fullmesh rule del pref 10; ip -n fullmesh route flush proto 77",
  tyo1: "ip netns exec fullmesh sysctl -q net.ipv4.conf.all.rp_filter=2; ip -n fullmesh address flush dev fm-overlay",
} as const;

test.each(placed)("what is taken away of interfaces, routes and settings of %s is told, and restored", async (name) => {
  const check = "/usr/local/lib/fullmesh/links check; /usr/local/lib/fullmesh/babel check";
  await mesh.on(name, `systemctl stop fullmesh-healer.timer fullmesh-healer.service; ${tidied[name]}`);
  expect(await mesh.on(name, check)).not.toBe("");
  const { status, stdout } = mesh.fullmesh("status", "--stack", "e2e");
  say(stdout);
  expect(status).toBe(1);
  expect(stdout).toContain("restored by the node within 30 s");
  await mesh.on(name, "systemctl start fullmesh-healer.timer");
  await mesh.until(name, `[ -z "$(${check})" ]`, 40);
  await mesh.untilHealthy();
});

test("links start again with their rules, while a namespace or VRF that is in use stays with what is in it", async () => {
  await Promise.all(apart.map((name) => mesh.on(name, "systemctl restart fullmesh-links")));
  for (const name of apart) {
    expect(await mesh.on(name, "ip netns exec fullmesh nft list table inet fullmesh")).toContain("jump accepted");
    await mesh.until(name, `${inPlace(name, "ping -n -q -c 3 -i 0.2 -W 2 10.43.0.1")} | grep -q ' 0% packet loss'`, 30);
  }
  expect(await mesh.on("nyc1", "ip -o link show master fullmesh")).toContain("lan0");
  expect(await mesh.on("tyo1", "ip -n fullmesh -o link")).toContain("lan0");
});

test("a node carries in its namespace what two others send each other whose link is cut", async () => {
  const byNyc1 = (name: "fra1" | "tyo1", to: 1 | 3): string => {
    const ip = ipOfLinks(name);
    const both = `{ ${ip} route show proto babel 10.43.0.${to}; ${ip} -6 route show proto babel fd43:f00d:cafe::${to}; }`;
    return `[ "$(${both} | grep -c fm200-nyc1)" = 2 ]`;
  };
  await mesh.lab.cut("h1", "h3");
  await mesh.until("fra1", byNyc1("fra1", 3), 30);
  await mesh.until("tyo1", byNyc1("tyo1", 1), 30);
  await expectAllPings(mesh);
});

test("a namespace that somebody has deleted is made again, with all that was in it", async () => {
  await mesh.lab.heal("h1", "h3");
  await mesh.on("tyo1", "ip netns delete fullmesh");
  await mesh.until("tyo1", `[ -z "$(/usr/local/lib/fullmesh/links check)" ]`, 40);
  await mesh.until(
    "tyo1",
    `${inPlace("tyo1", "ping -n -q -c 3 -i 0.2 -W 2 10.43.0.1")} | grep -q ' 0% packet loss'`,
    60,
  );
});
