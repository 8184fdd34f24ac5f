import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pingReport } from "../../lab/pingReport";
import { datagramsHeard } from "./datagrams";
import { SteadyPing } from "./steadyPing";
import { TestMesh } from "./testMesh";

/** fra1 and nyc1 are hubs, tyo1 and sao1 leaves, which link with the hubs alone and relay for nobody. */
let mesh: TestMesh;

beforeAll(async () => {
  mesh = await TestMesh.create();
  for (const name of ["fra1", "nyc1"] as const) mesh.writeNode(name, {}, { tags: ["hub"] });
  for (const name of ["tyo1", "sao1"] as const) mesh.writeNode(name, {}, { tags: ["thin"] });
  mesh.writeSettings({ babelProfile: "lan" });
}, 1_800_000);

afterAll(() => {
  mesh.close();
});

test("a policy that names a tag which no node has is refused before any host is touched", async () => {
  writeFileSync(join(mesh.project.registry, "_policy.yaml"), "leaves: [{ tag: thin, hubs: [hubs] }]\n");
  const { status, output } = await mesh.run("preview");
  expect(status).not.toBe(0);
  expect(output).toContain("no host was touched");
  expect(output).toContain('_policy.yaml:1:30: no node has the tag "hubs"; did you mean "hub"?');
});

test("the preview has five links and not six, and says who relays", async () => {
  writeFileSync(join(mesh.project.registry, "_policy.yaml"), "leaves: [{ tag: thin, hubs: [hub] }]\n");
  const { status, output } = await mesh.run("preview", "--diff");
  expect(status).toBe(0);
  expect(output.match(/fullmesh:index:Connection: \(create\)/g)).toHaveLength(10);
  expect(output).not.toContain("have no direct link");
  expect(output.match(/relays +: false/g)).toHaveLength(2);
});

test("all nodes reach each other", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  const { text, lost } = await pingReport(mesh.plan(), mesh.lab);
  process.stderr.write(`${text}\n`);
  expect(lost).toBe(0);
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
  // It is the rules that keep it out.
  await mesh.on("fra1", "systemctl stop fullmesh-firewall");
  expect(await heard()).toEqual(["10.43.0.3 its own", "10.43.0.4 by the link", "10.43.0.4 in clear"]);
  await mesh.on("fra1", "systemctl start fullmesh-firewall");
  await mesh.on("tyo1", "ip address del 10.43.0.4/32 dev lo");
});

test("a leaf that announces a hub's address and a default route is not believed", async () => {
  const toTyo1 = "fm300-tyo1";
  const dump = "echo dump | /usr/local/lib/fullmesh/babel say";
  const heard = (prefix: string): string => `${dump} | grep -q '^add route .* prefix ${prefix} .* if ${toTyo1}$'`;
  const configuration = "/etc/fullmesh/babeld.conf";
  await mesh.on(
    "tyo1",
    `cp -p ${configuration} /run/babeld.conf
     sed -i -e '/^out /d' -e 's|^redistribute local deny|redistribute local allow\\nredistribute ip 0.0.0.0/0 eq 0 allow|' ${configuration}
     ip address add 10.43.0.2/32 dev lo; ip route add default dev fm-overlay metric 5000 proto static
     systemctl restart fullmesh-babeld`,
  );
  await mesh.until("tyo1", `${dump} | grep -q '^add xroute .* prefix 0.0.0.0/0 '`, 20);
  // It is the rules that keep it out: without the one that ends those about tyo1, the others let in all that is of the overlay.
  await mesh.on(
    "fra1",
    `cp -p ${configuration} /run/babeld.conf; sed -i '/^in if ${toTyo1} deny/d' ${configuration}; systemctl restart fullmesh-babeld`,
  );
  await mesh.until("fra1", heard("10.43.0.2/32"), 30);
  await mesh.on("fra1", `mv /run/babeld.conf ${configuration}; systemctl restart fullmesh-babeld`);
  await mesh.until("fra1", heard("10.43.0.3/32"), 30);
  // Longer than from one full update to the next.
  await mesh.on("fra1", `sleep 6; ! ${heard("10.43.0.2/32")} && ! ${heard("0.0.0.0/0")}`);
  await mesh.on(
    "nyc1",
    `! ${heard("10.43.0.2/32")} && ! ${heard("0.0.0.0/0")} && ! ip route show proto babel default | grep .`,
  );
  await mesh.on(
    "tyo1",
    `ip address del 10.43.0.2/32 dev lo; ip route del default dev fm-overlay metric 5000
     mv /run/babeld.conf ${configuration}; systemctl restart fullmesh-babeld`,
  );
  await mesh.until("tyo1", "ip route show proto babel 10.43.0.2 | grep -q .", 30);
});

test("babeld starts again on a hub, and is killed there, and linked nodes lose no packet", async () => {
  const plan = mesh.plan();
  const pids = "systemctl show -p MainPID --value fullmesh-babeld";
  const routes = `[ "$(ip route show proto babel | grep -c '^10.43.0')" = 3 ]`;
  const ping = await SteadyPing.start(mesh.lab, plan);
  await mesh.on("fra1", "sleep 3; systemctl restart fullmesh-babeld; sleep 1");
  await mesh.until("fra1", routes, 30);
  const before = await mesh.on("fra1", pids);
  await mesh.on("fra1", "systemctl kill -s KILL fullmesh-babeld; sleep 3");
  const seconds = await mesh.until("fra1", routes, 30);
  expect(await mesh.on("fra1", pids)).not.toBe(before);
  process.stderr.write(`babeld killed: all routes are back ${seconds + 3} s later\n`);
  const linked = new Set(
    plan.nodes.flatMap((node) =>
      node.connections.flatMap(({ remote }) =>
        plan.nodes
          .filter(({ name }) => name === remote.node)
          .flatMap(({ overlay }) => [`${node.name} ${overlay.ipv4}`, `${node.name} ${overlay.ipv6}`]),
      ),
    ),
  );
  const losses = (await ping.stop()).filter(({ from, address }) => linked.has(`${from} ${address}`));
  expect(losses).toHaveLength(20);
  expect(losses.filter(({ sent }) => sent < 30)).toEqual([]);
  expect(losses.filter(({ sent, received }) => sent - received > 1)).toEqual([]);
});

describe("a policy that says what may be reached", () => {
  const serve = (port: number): string => `setsid perl -MIO::Socket::INET -e '
    alarm 600;
    my $s = IO::Socket::INET->new(LocalPort => ${port}, Listen => 5, ReuseAddr => 1) or die;
    while (my $c = $s->accept) { next if fork; while (sysread($c, my $b, 1)) { syswrite($c, $b) } exit }' >/dev/null 2>&1 </dev/null &
    for try in $(seq 50); do ss -Hltn 'sport = :${port}' | grep -q . && break; sleep 0.1; done`;
  const connect = (address: string, port: number): string =>
    `perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(PeerAddr => "${address}", PeerPort => ${port}, Timeout => 4) ? "open" : "$!"'`;
  // Echoes a byte five times a second until it is told to stop, at most for ten minutes, and prints how many came back.
  const hold = `rm -f /run/stop; perl -MIO::Socket::INET -e '
    my $c = IO::Socket::INET->new(PeerAddr => "10.43.0.3", PeerPort => 7005, Timeout => 20) or die "connect: $!\n";
    $SIG{ALRM} = sub { die "stalled\n" };
    my $n = 0;
    while (!-e "/run/stop" && $n < 3000) { alarm 20; syswrite($c, "x"); sysread($c, my $b, 1) or die "closed\n"; $n++; select undef, undef, undef, 0.2 }
    print $n'`;

  test("is carried out under a running connection, which goes on, and under new rules, too", async () => {
    for (const port of [7005, 7006]) await mesh.on("tyo1", serve(port));
    const holding = mesh.on("fra1", hold, 660);
    // Nobody waits for it if something fails before.
    holding.catch(() => undefined);
    await mesh.on("fra1", "sleep 2");
    writeFileSync(
      join(mesh.project.registry, "_policy.yaml"),
      "leaves: [{ tag: thin, hubs: [hub] }]\nallow: [{ from: hub, to: thin, ports: [tcp/7005] }]\n",
    );
    const { status, output } = await mesh.run("up", "--yes", "--skip-preview", "--diff");
    expect(status).toBe(0);
    expect(output).toContain("tcp/7005 from hub");
    await mesh.on("tyo1", "for time in 1 2 3; do systemctl reload fullmesh-firewall; sleep 1; done");
    await mesh.on("fra1", "touch /run/stop");
    expect(Number(await holding)).toBeGreaterThan(25);
  });

  test("lets in what is allowed, from whom it is allowed, and nothing more", async () => {
    expect(await mesh.on("fra1", connect("10.43.0.3", 7005))).toBe("open");
    expect(await mesh.on("nyc1", connect("10.43.0.3", 7005))).toBe("open");
    // Nothing stands on these ports in the way but the rules.
    expect(await mesh.on("tyo1", connect("127.0.0.1", 7006))).toBe("open");
    expect(await mesh.on("tyo1", connect("10.43.0.3", 7006))).toBe("open");
    expect(await mesh.on("fra1", connect("10.43.0.3", 7006))).toBe("Connection timed out");
    expect(await mesh.on("tyo1", connect("10.43.0.1", 22))).toBe("Connection timed out");
    expect(await mesh.on("sao1", connect("10.43.0.3", 7005))).toBe("Connection timed out");
  });

  test("leaves ping, the mesh's own and the underlay alone", async () => {
    const { text, lost } = await pingReport(mesh.plan(), mesh.lab);
    process.stderr.write(`${text}\n`);
    expect(lost).toBe(0);
    expect(mesh.fullmesh("status", "--stack", "e2e").status).toBe(0);
    expect(await mesh.on("fra1", connect(mesh.host("tyo1").ip4, 22))).toBe("open");
  });

  test("changes nothing by a second up, and the links are as their table says", async () => {
    expect((await mesh.run("up", "--yes", "--skip-preview", "--expect-no-changes")).status).toBe(0);
    for (const name of ["fra1", "nyc1", "tyo1", "sao1"] as const)
      expect(await mesh.on(name, "/usr/local/lib/fullmesh/links up; /usr/local/lib/fullmesh/links prune")).toBe("");
  });
});

test("two hubs that lose each other do not meet by way of a leaf", async () => {
  await mesh.lab.cut("h1", "h2");
  const hasRoute = "ip route show proto babel 10.43.0.2 | grep -q .";
  await mesh.until("fra1", `! ${hasRoute}`, 30);
  // The leaves hear of both all the while.
  const pings = await mesh.on("tyo1", "for n in 1 2; do ping -n -q -c 3 -i 0.2 -W 2 10.43.0.$n; done");
  expect(pings.match(/ 0% packet loss/g)).toHaveLength(2);
  await mesh.on("fra1", `sleep 5; ! ${hasRoute}`);
  await mesh.lab.heal("h1", "h2");
  await mesh.until("fra1", hasRoute, 60);
});
