import type { MeshPlan } from "../../core/plan/plan";
import { pingReport } from "../../lab/pingReport";
import { difference, inventory } from "./inventory";
import { SteadyPing, type Loss } from "./steadyPing";
import { nodeNames, TestMesh } from "./testMesh";

/** The life of a mesh on real hosts: each test goes on from where the one before ended. */
let mesh: TestMesh;
const behindTyo1 = "10.9.0.0/24";
const before = new Map<string, readonly string[]>();

beforeAll(async () => {
  mesh = await TestMesh.create("bare");
  await Promise.all(mesh.lab.hosts.map(async ({ name }) => before.set(name, await inventory(mesh.lab, name))));
}, 1_800_000);

afterAll(() => {
  mesh.close();
});

/** What tells whether anything on a host was touched: files with their times, SAs with their ids, daemons with their start. */
async function touched(host: string): Promise<string> {
  const { stdout } = await mesh.lab.exec(
    host,
    `find /etc /usr/local -xdev -type f -printf '%p %T@\\n' | sort
     swanctl --list-sas | grep -o '#[0-9]*, .*_i\\* .*_r' | sort
     systemctl show -p ExecMainStartTimestampMonotonic strongswan fullmesh-babeld
     ip -o link | sed 's/ qlen.*//'`,
  );
  return stdout;
}

async function expectAllPings(plan: MeshPlan): Promise<void> {
  const { text, lost } = await pingReport(plan, mesh.lab);
  process.stderr.write(`${text}\n`);
  expect(lost).toBe(0);
}

function expectNoLoss(losses: readonly Loss[], pairs: number): void {
  const sent = losses.reduce((sum, loss) => sum + loss.sent, 0);
  const lost = losses.filter((loss) => loss.sent - loss.received > 1);
  process.stderr.write(`pings: ${sent} sent over ${losses.length} paths, paths that lost any: ${lost.length}\n`);
  expect(losses).toHaveLength(pairs);
  expect(sent).toBeGreaterThan(pairs * 100);
  expect(lost).toEqual([]);
}

test("preview of an empty stack says what will be, in a network engineer's words", async () => {
  for (const name of ["fra1", "nyc1"] as const) mesh.writeNode(name);
  mesh.writeNode("tyo1", {}, { prefixes: [behindTyo1] });
  const { status, output } = await mesh.run("preview", "--diff");
  expect(status).toBe(0);
  expect(output).toContain('path     : "ip4 192.0.2.11:4500 -> 192.0.2.13:4500"');
  expect(output).toContain('dials    : "fra1"');
  expect(output).toContain('interface: "fm300-tyo1"');
  expect(output).not.toMatch(/PRIVATE KEY|BEGIN OPENSSH/);
});

test("up brings up three nodes that ping each other over the overlay", async () => {
  const { status, output } = await mesh.run("up", "--yes");
  expect(status).toBe(0);
  expect(output).not.toMatch(/PRIVATE KEY|BEGIN OPENSSH/);
  await expectAllPings(mesh.plan());
});

test("a network behind a node is announced from when it has a route, as made by hand, and status says so before", async () => {
  const before = mesh.fullmesh("status", "--stack", "e2e");
  expect(before.status).toBe(1);
  expect(before.stdout).toContain(`tyo1: does not announce ${behindTyo1}: `);
  await mesh.lab.exec(
    "h3",
    `ip link add behind type dummy; ip link set behind up; ip route add ${behindTyo1} dev behind`,
  );
  const heard = `for try in $(seq 60); do ip route show proto babel ${behindTyo1} | grep -q . && exit; sleep 1; done; exit 1`;
  expect((await mesh.lab.exec("h1", heard, { timeoutSeconds: 90 })).code).toBe(0);
});

test("status tells that it is healthy", () => {
  const { status, stdout } = mesh.fullmesh("status", "--stack", "e2e");
  process.stderr.write(stdout);
  expect(status).toBe(0);
});

test("a second up changes nothing, in the state or on a host", async () => {
  const then = await Promise.all(["h1", "h2", "h3"].map(touched));
  const { status } = await mesh.run("up", "--yes", "--expect-no-changes");
  expect(status).toBe(0);
  expect(await Promise.all(["h1", "h2", "h3"].map(touched))).toEqual(then);
});

test("a fourth node joins, though the first deploy of it is killed half-way, and the three lose no packet", async () => {
  const ping = await SteadyPing.start(mesh.lab, mesh.plan());
  mesh.writeNode("sao1");
  // Of what this did on the hosts, the new node's key among it, the state knows nothing.
  expect(await mesh.runKilled(/sao1-apply creating/, "up", "--yes")).toBe(true);
  const { status } = await mesh.run("up", "--yes");
  const losses = await ping.stop();
  expect(status).toBe(0);
  expectNoLoss(losses, 12);
  await expectAllPings(mesh.plan());
});

test("a node leaves, the three lose no packet, and the host is as it was", async () => {
  mesh.project.removeNode("sao1");
  const ping = await SteadyPing.start(mesh.lab, mesh.plan());
  const { status } = await mesh.run("up", "--yes");
  const losses = await ping.stop();
  expect(status).toBe(0);
  expectNoLoss(losses, 12);
  expect(difference(before.get("h4") ?? [], await inventory(mesh.lab, "h4"))).toEqual([]);
  const { stdout } = await mesh.lab.exec(
    "h1",
    "swanctl --list-conns; swanctl --list-sas; ip link; ls /etc/swanctl/conf.d; ip xfrm policy list action block",
  );
  expect(stdout).not.toMatch(/sao1|block/);
  const { stdout: away } = await mesh.lab.exec(
    "h1",
    "ip route get 10.43.0.4 2>&1; ip route get fd43:f00d:cafe::4 2>&1",
  );
  expect(away.match(/No route to host/g)).toHaveLength(2);
  const { stdout: babeld } = await mesh.lab.exec("h1", "journalctl -u fullmesh-babeld --no-pager");
  expect(babeld).not.toContain("HMAC");
});

test("destroy leaves every host as it was found, though charon dies on one without taking leave", async () => {
  await mesh.lab.exec(
    "h2",
    `mkdir -p /run/systemd/system/strongswan.service.d
     printf '[Service]\\nKillSignal=SIGKILL\\n' >/run/systemd/system/strongswan.service.d/kill.conf
     systemctl daemon-reload`,
  );
  await mesh.lab.exec("h3", "ip link del behind");
  const { status } = await mesh.run("destroy", "--yes", "--run-program");
  expect(status).toBe(0);
  for (const { name } of mesh.lab.hosts.slice(0, nodeNames.length)) {
    expect({ host: name, difference: difference(before.get(name) ?? [], await inventory(mesh.lab, name)) }).toEqual({
      host: name,
      difference: [],
    });
  }
});
