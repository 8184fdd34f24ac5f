import { expectAllPings } from "../allPings";
import { nodeNames, TestMesh } from "../testMesh";
import { leavesPolicy, hubsAndLeaves } from "./hubsAndLeaves";

/** fra1 and nyc1 are hubs, tyo1 and sao1 leaves; then the policy says what may be reached over the mesh. */
let mesh: TestMesh;

TestMesh.setUp(hubsAndLeaves, (made) => {
  mesh = made;
});

const serve = (port: number): string => `setsid perl -MIO::Socket::INET -e '
  alarm 600;
  my $s = IO::Socket::INET->new(LocalPort => ${port}, Listen => 5, ReuseAddr => 1) or die;
  $SIG{CHLD} = "IGNORE";
  while (my $c = $s->accept) { next if fork; while (syswrite($c, "x")) { sleep 5 } exit }' >/dev/null 2>&1 </dev/null &
  for try in $(seq 50); do ss -Hltn 'sport = :${port}' | grep -q . && break; sleep 0.1; done`;
const connect = (address: string, port: number): string =>
  `perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(PeerAddr => "${address}", PeerPort => ${port}, Timeout => 4) ? "open" : "$!"'`;
// Takes what comes, every five seconds, until it is told to stop, at most for ten minutes, and prints how often it came. It sends nothing, so that its host does not
// know of the connection when the rules come.
const hold = `rm -f /run/stop; perl -MIO::Socket::INET -e '
  my $c = IO::Socket::INET->new(PeerAddr => "10.43.0.3", PeerPort => 7005, Timeout => 20) or die "connect: $!\n";
  $SIG{ALRM} = sub { die "stalled\n" };
  my $n = 0;
  while (!-e "/run/stop" && $n < 120) { alarm 20; sysread($c, my $b, 1) or die "closed\n"; $n++ }
  print $n'`;

test("up", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
});

test("a policy that says what may be reached is carried out under a running connection, which goes on, and under new rules, too", async () => {
  for (const port of [7005, 7006]) await mesh.on("tyo1", serve(port));
  const holding = mesh.on("fra1", hold, 660);
  // Nobody waits for it if something fails before.
  holding.catch(() => undefined);
  await mesh.on("fra1", "sleep 2");
  mesh.writePolicy(`${leavesPolicy}allow: [{ from: hub, to: thin, ports: [tcp/7005] }]\n`);
  const { status, output } = await mesh.run("up", "--yes", "--skip-preview", "--diff");
  expect(status).toBe(0);
  expect(output).toContain("tcp/7005 from hub");
  await mesh.on("tyo1", "for time in 1 2 3; do systemctl reload fullmesh-firewall; sleep 1; done");
  await mesh.on("fra1", "touch /run/stop");
  expect(Number(await holding)).toBeGreaterThan(4);
});

test("it lets in what is allowed, from whom it is allowed, and nothing more", async () => {
  const attempts = [
    ["fra1", "10.43.0.3", 7005, "open"],
    ["nyc1", "10.43.0.3", 7005, "open"],
    // Nothing stands on these ports in the way but the rules.
    ["tyo1", "127.0.0.1", 7006, "open"],
    ["tyo1", "10.43.0.3", 7006, "open"],
    ["fra1", "10.43.0.3", 7006, "Connection timed out"],
    ["tyo1", "10.43.0.1", 22, "Connection timed out"],
    ["sao1", "10.43.0.3", 7005, "Connection timed out"],
  ] as const;
  const results = attempts.map(async ([from, address, port]) => {
    return [from, address, port, await mesh.on(from, connect(address, port))];
  });
  expect(await Promise.all(results)).toEqual(attempts);
});

test("it leaves ping, the mesh's own and the underlay alone", async () => {
  await expectAllPings(mesh);
  expect(mesh.fullmesh("status", "--stack", "e2e").status).toBe(0);
  expect(await mesh.on("fra1", connect(mesh.host("tyo1").ip4, 22))).toBe("open");
});

test("it changes nothing by a second up, and the links are as their table says", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview", "--expect-no-changes")).status).toBe(0);
  const links = "/usr/local/lib/fullmesh/links up && /usr/local/lib/fullmesh/links prune";
  expect(await Promise.all(nodeNames.map((name) => mesh.on(name, links)))).toEqual(nodeNames.map(() => ""));
});
