import { TestMesh } from "../testMesh";

/** What is for the overlay, or for a network that a node announces, must never leave fra1 by its default route, which leads to nyc1's host. */
let mesh: TestMesh;

const behindTyo1 = { ip4: "10.9.0", ip6: "fd09::" } as const;

TestMesh.setUp("packaged", (made) => {
  mesh = made;
  mesh.writeNode("fra1");
  mesh.writeNode("nyc1");
  mesh.writeNode("tyo1", { prefixes: [`${behindTyo1.ip4}.0/24`, `${behindTyo1.ip6}/64`] });
});

/** Counts, before any rule of ours, what comes in clear and is for the mesh. */
const watch = `nft -f - <<'END'
table inet watch {
  counter clear4 {}
  counter clear6 {}
  chain clear {
    type filter hook prerouting priority -400
    iifname "eth0" ip daddr { 10.43.0.0/16, ${behindTyo1.ip4}.0/24 } counter name clear4
    iifname "eth0" ip6 daddr { fd43:f00d:cafe::/48, ${behindTyo1.ip6}/64 } counter name clear6
  }
}
END`;

/** But for the way back to whoever has logged in, which must stay. */
async function setDefaultRoutes(): Promise<void> {
  const { ip4, ip6 } = mesh.host("nyc1");
  await mesh.on(
    "fra1",
    `ip route replace "\${SSH_CONNECTION%% *}" $(ip route show default | sed 's/^default //')
    ip route replace default via ${ip4}; ip -6 route replace default via ${ip6} dev eth0`,
  );
}

/** Nodes that are there, one that is not, and what tyo1 announces. */
const destinations = [
  "10.43.0.3",
  "10.43.0.77",
  `${behindTyo1.ip4}.1`,
  "fd43:f00d:cafe::3",
  "fd43:f00d:cafe::77",
  `${behindTyo1.ip6}1`,
];

/** How many packets of each family came in clear, when fra1 sent two to each destination. */
async function leaked(): Promise<readonly number[]> {
  await mesh.on("nyc1", "nft reset counters table inet watch >/dev/null");
  await mesh.on("fra1", `for to in ${destinations.join(" ")}; do ping -n -q -c 2 -i 0.2 -W 1 $to || :; done`);
  const counters = await mesh.on("nyc1", "nft list counters table inet watch | grep -o 'packets [0-9]*'");
  return counters
    .trim()
    .split("\n")
    .map((line) => Number(line.replace("packets ", "")));
}

const table = "nft list table inet fullmesh";

test("up", async () => {
  await mesh.on(
    "tyo1",
    `ip link add lan0 type dummy; ip link set lan0 up; ip address add ${behindTyo1.ip4}.1/24 dev lan0; ip address add ${behindTyo1.ip6}1/64 dev lan0`,
  );
  await mesh.on("nyc1", watch);
  await setDefaultRoutes();
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
});

test("while all is well, what is for a node that is not there stays inside", async () => {
  await mesh.until("fra1", `ip route show proto babel | grep -q '^${behindTyo1.ip4}.0/24'`, 30);
  expect(await leaked()).toEqual([0, 0]);
});

test("nor does anything leave while babeld is away", async () => {
  await mesh.on("fra1", "systemctl stop fullmesh-babeld");
  expect(await leaked()).toEqual([0, 0]);
  await mesh.on("fra1", "systemctl start fullmesh-babeld");
});

test("nor while a route of the host's own leads elsewhere", async () => {
  const { ip4 } = mesh.host("nyc1");
  const routes = `${behindTyo1.ip4}.1/32 10.43.0.77/32`;
  await mesh.on("fra1", `for to in ${routes}; do ip route add $to via ${ip4}; done`);
  expect(await leaked()).toEqual([0, 0]);
  await mesh.on("fra1", `for to in ${routes}; do ip route del $to; done`);
});

test("a start and a reload of nftables load the mesh's rules, too", async () => {
  await mesh.on("fra1", "systemctl stop fullmesh-healer.timer fullmesh-healer.service; systemctl start nftables");
  await mesh.on("fra1", table);
  await mesh.on("fra1", "systemctl stop nftables; systemctl start nftables");
  await mesh.until("fra1", `${table} >/dev/null 2>&1`, 10);
  await mesh.on("fra1", "systemctl reload nftables");
  await mesh.until("fra1", `${table} >/dev/null 2>&1`, 10);
});

test("neither does a stop of nftables take them away, nor a service that conflicts with it", async () => {
  await mesh.on("fra1", `systemctl start nftables; ${table} >/dev/null; systemctl stop nftables; ${table} >/dev/null`);
  await mesh.on(
    "fra1",
    `systemctl start nftables
     systemd-run --quiet --property=Conflicts=nftables.service --unit=other-firewall sleep 60
     for try in $(seq 50); do systemctl is-active --quiet nftables || break; sleep 0.1; done
     ${table} >/dev/null; systemctl is-active fullmesh-firewall; systemctl stop other-firewall`,
  );
});

test("whoever empties nftables is told by status, and the node loads its rules again", async () => {
  await mesh.untilHealthy();
  await mesh.on("fra1", "nft flush ruleset");
  const { status, stdout } = mesh.fullmesh("status", "--stack", "e2e");
  expect(status).toBe(1);
  expect(stdout).toContain("the nftables rules of the mesh are missing: something else has emptied nftables");
  await mesh.on("fra1", "systemctl start fullmesh-healer.timer");
  expect(await mesh.until("fra1", `${table} >/dev/null 2>&1`, 40)).toBeLessThan(40);
  await mesh.untilHealthy();
});

test("nothing leaves while the mesh is stopped, and what is sent is refused at once", async () => {
  expect(mesh.fullmesh("stop", "fra1", "--stack", "e2e").status).toBe(0);
  expect(await leaked()).toEqual([0, 0]);
  expect(await mesh.on("fra1", "ping -n -q -c 1 -W 1 10.43.0.3 2>&1 || :")).toContain("No route to host");
});

test("nor after a boot without links, for the rules come before the network", async () => {
  await mesh.lab.reboot("h1");
  await setDefaultRoutes();
  expect(await leaked()).toEqual([0, 0]);
  expect(await mesh.on("fra1", "ping -n -q -c 1 -W 1 10.43.0.3 2>&1 || :")).toContain("No route to host");
  const activated = await mesh.on(
    "fra1",
    "systemctl show -p ActiveEnterTimestampMonotonic --value fullmesh-firewall.service network-pre.target",
  );
  const [rules, network] = activated
    .split("\n")
    .filter((line) => line !== "")
    .map(Number);
  expect(rules).toBeGreaterThan(0);
  expect(network).toBeGreaterThanOrEqual(rules ?? 0);
});

test("only where it is stopped open, clear text goes by the default route, as the operator is told", async () => {
  const { status, stdout } = mesh.fullmesh("stop", "--open", "fra1", "--stack", "e2e");
  expect([status, stdout]).toEqual([0, "fra1: the mesh is off, and what is for it may leave in clear\n"]);
  for (const count of await leaked()) expect(count).toBeGreaterThan(0);
  expect(
    await mesh.on("fra1", `! ${table} 2>&1; ip route show type unreachable; ip -6 route show type unreachable`),
  ).not.toMatch(/10\.43|fd43|10\.9|fd09/);
  expect(mesh.fullmesh("status", "--stack", "e2e").stdout).toContain("may leave in clear");
});

test("start brings all of it back", async () => {
  expect(mesh.fullmesh("start", "fra1", "--stack", "e2e").status).toBe(0);
  await mesh.untilHealthy();
  expect(await leaked()).toEqual([0, 0]);
});
