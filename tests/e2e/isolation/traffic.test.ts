import { pingOn } from "../../../lab/overlayPing";
import { expectAllPings } from "../allPings";
import { lossy, SteadyPing } from "../steadyPing";
import { TestMesh } from "../testMesh";
import { inPlace, placed, writePlaces, type Placed } from "./places";

/** The overlay beside the node's own interfaces, and in a network namespace: the same holds in either. */
let mesh: TestMesh;

TestMesh.setUp("packaged", (made) => {
  mesh = made;
  writePlaces(mesh);
  mesh.writePolicy("allow: [{ from: all, to: all, ports: [tcp/7005] }]\n");
});

/** One of each kind. */
const kinds = ["fra1", "tyo1"] as const;

/** The two others. */
function others(name: Placed): readonly [Placed, Placed] {
  const [one, other] = placed.filter((each) => each !== name);
  if (one === undefined || other === undefined) throw new Error(`${name} is not one of three`);
  return [one, other];
}

const ipv4 = { fra1: "10.43.0.1", nyc1: "10.43.0.2", tyo1: "10.43.0.3" } as const;

test("up brings them up, all reach each other, and status finds nothing wrong", async () => {
  const { status, output } = await mesh.run("up", "--yes", "--diff");
  expect(status).toBe(0);
  expect(output).toMatch(/isolation *: "netns"/);
  await expectAllPings(mesh);
  const told = mesh.fullmesh("status", "--stack", "e2e");
  process.stderr.write(told.stdout);
  expect(told.status).toBe(0);
});

test("a namespace has the overlay alone, and the host's own network has nothing of it", async () => {
  const own = "ip route; ip -6 route; ip -o link; nft list tables; ip route get 10.43.0.1";
  expect(await mesh.on("tyo1", own)).not.toMatch(/fm[0-9-]|fd43:|via inet6|fullmesh/);
  expect(await mesh.on("tyo1", "cat /proc/sys/net/ipv6/conf/all/forwarding")).toBe("0\n");
  expect(await mesh.on("tyo1", "ip -n fullmesh -o link | awk '{ print $2 }'")).toMatch(
    /^lo:\nfm-overlay:\nfm100-fra1@[^\n]*\nfm200-nyc1@[^\n]*\n$/,
  );
});

test("from either, a packet as large as the link passes whole, and one byte more does not", async () => {
  await Promise.all(kinds.map(passesAtTheSizeOfTheLink));
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

test("either lets in what the policy allows, and nothing more", async () => {
  await Promise.all(kinds.map(letsInWhatIsAllowed));
});

async function letsInWhatIsAllowed(name: Placed): Promise<void> {
  const serve = (port: number): string => `setsid ${inPlace(
    name,
    `perl -MIO::Socket::INET -e '
      alarm 60; my $s = IO::Socket::INET->new(LocalPort => ${port}, Listen => 5, ReuseAddr => 1) or die; while (my $c = $s->accept) { close $c }'`,
  )} >/dev/null 2>&1 </dev/null &
    for try in $(seq 50); do ${inPlace(name, "ss")} -Hltn 'sport = :${port}' | grep -q . && break; sleep 0.1; done`;
  const attempt = `perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => 8) ? "open" : "$!"'`;
  const connect = (from: Placed, port: number): Promise<string> =>
    mesh.on(from, inPlace(from, `${attempt} ${ipv4[name]} ${port}`));
  await mesh.on(name, `${serve(7005)}; ${serve(7006)}`);
  const [one, other] = others(name);
  // Nothing stands in the way of the last but the rules.
  const attempts = [connect(one, 7005), connect(other, 7005), connect(name, 7006), connect(one, 7006)];
  expect(await Promise.all(attempts)).toEqual(["open", "open", "open", "Connection timed out"]);
}

test("babeld starts again on either, and no packet is lost", async () => {
  const ping = await SteadyPing.start(mesh.lab, mesh.plan());
  for (const name of kinds) {
    await mesh.on(name, "systemctl restart fullmesh-babeld");
    await mesh.until(name, `[ "$(${inPlace(name, "ip route show proto babel")} | grep -c '^10.43.0')" = 2 ]`, 30);
  }
  const losses = await ping.stop();
  expect(losses).toHaveLength(12);
  expect(losses.filter(({ sent }) => sent < 20)).toEqual([]);
  expect(lossy(losses)).toEqual([]);
});

test("a second up changes nothing, and the links are as their tables say", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview", "--expect-no-changes")).status).toBe(0);
  const links = "/usr/local/lib/fullmesh/links up; /usr/local/lib/fullmesh/links prune";
  expect(await Promise.all(placed.map((name) => mesh.on(name, links)))).toEqual(placed.map(() => ""));
});

test("the links of a namespace start again with its rules", async () => {
  await mesh.on("tyo1", "systemctl restart fullmesh-links");
  expect(await mesh.on("tyo1", "ip netns exec fullmesh nft list table inet fullmesh")).toContain("jump accepted");
});

test("a node carries in its namespace what two others send each other whose link is cut", async () => {
  const byNyc1 = (name: "fra1" | "tyo1", to: string): string =>
    `${inPlace(name, `ip route show proto babel ${to}`)} | grep -q fm200-nyc1`;
  await mesh.lab.cut("h1", "h3");
  await mesh.until("fra1", byNyc1("fra1", ipv4.tyo1), 30);
  await mesh.until("tyo1", byNyc1("tyo1", ipv4.fra1), 30);
  await expectAllPings(mesh);
});
