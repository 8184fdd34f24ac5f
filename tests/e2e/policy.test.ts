import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pingReport } from "../../lab/pingReport";
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
  const listen = `perl -MIO::Socket::INET -e '
    $| = 1; $SIG{ALRM} = sub { exit }; alarm 20;
    my $s = IO::Socket::INET->new(LocalPort => 7002, Proto => "udp") or die;
    while ($s->recv(my $data, 100)) { print $s->peerhost, "\\n" }' >/run/heard 2>&1 </dev/null &`;
  const send = (from: string, to: string): string =>
    `perl -MIO::Socket::INET -e 'IO::Socket::INET->new(LocalAddr => "${from}", PeerAddr => "${to}", PeerPort => 7002, Proto => "udp")->send("x")'`;
  // tyo1 takes the address of sao1, in a link and in clear, and then its own.
  const heard = async (): Promise<string> => {
    await mesh.on(
      "fra1",
      `setsid ${listen} for try in $(seq 50); do ss -Hlun 'sport = :7002' | grep -q . && break; sleep 0.1; done`,
    );
    // The way in clear must be known beforehand: who asks for it with a foreign address may get no answer.
    await mesh.on("tyo1", "ping -n -q -c 1 192.0.2.11");
    await mesh.on(
      "tyo1",
      `ip address add 10.43.0.4/32 dev lo; ${send("10.43.0.4", "10.43.0.1")}; ${send("10.43.0.4", "192.0.2.11")}; ip address del 10.43.0.4/32 dev lo; ${send("10.43.0.3", "10.43.0.1")}`,
    );
    return mesh.on("fra1", "sleep 1; pkill -x perl; cat /run/heard");
  };
  expect(await heard()).toBe("10.43.0.3\n");
  // It is the rules that keep it out.
  await mesh.on("fra1", "systemctl stop fullmesh-firewall");
  expect(await heard()).toBe("10.43.0.4\n10.43.0.4\n10.43.0.3\n");
  await mesh.on("fra1", "systemctl start fullmesh-firewall");
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
