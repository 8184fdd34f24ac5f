import { TestMesh } from "./testMesh";

/** Two nodes with two uplinks each, one whose address is a DNS name, and one that can only dial out. */
let mesh: TestMesh;

/** Two uplinks of one family, of which the second is the second choice. */
const twoUplinks = (name: "fra1" | "nyc1"): readonly object[] => {
  const { ip4 } = mesh.host(name);
  return [
    { serial: 0, family: "ip4", address: ip4, interface: "eth0" },
    { serial: 1, family: "ip4", address: ip4.replace("192.0.2.", "198.51.100."), interface: "eth1", cost: 480 },
  ];
};

beforeAll(async () => {
  mesh = await TestMesh.create();
  await mesh.lab.secondUplink(["h1", "h2"]);
  await mesh.lab.setName("tyo1.example", mesh.host("tyo1").ip4);
  await mesh.on("sao1", "echo nameserver 192.0.2.1 >/etc/resolv.conf");
  mesh.writeNode("fra1", {}, { endpoints: twoUplinks("fra1") });
  mesh.writeNode("nyc1", {}, { endpoints: twoUplinks("nyc1") });
  mesh.writeNode("tyo1", {}, { endpoints: [{ serial: 0, family: "ip4", address: "tyo1.example" }] });
  mesh.writeNode("sao1", {}, { endpoints: [{ serial: 0, family: "ip4" }] });
  mesh.writeSettings({ babelProfile: "lan" });
}, 1_800_000);

afterAll(() => {
  mesh.close();
});

test("the preview shows by which uplink a link goes, what it costs, and the name that is dialled", async () => {
  const { output } = await mesh.run("preview", "--diff");
  expect(output).toMatch(/cost +: 480\n(.*\n){4} *path +: "ip4 192\.0\.2\.11:4500 \(eth0\) -> 192\.0\.2\.12:4500"/);
  expect(output).toMatch(
    /cost +: 1440\n(.*\n){4} *path +: "ip4 198\.51\.100\.11:4500 \(eth1\) -> 198\.51\.100\.12:4500"/,
  );
  expect(output).toContain('"ip4 *:4500 -> tyo1.example:4500"');
});

test("up brings up all links", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  const { status, stdout } = mesh.fullmesh("status", "--stack", "e2e");
  process.stderr.write(stdout);
  expect(status).toBe(0);
});

test.each([
  ["fm200-nyc1", "eth0"],
  ["fm201-nyc1", "eth0"],
  ["fm210-nyc1", "eth1"],
  ["fm211-nyc1", "eth1"],
])("%s leaves by %s", async (link, uplink) => {
  const count = `cat /sys/class/net/${uplink}/statistics/tx_packets`;
  const pings = `ping -6 -n -q -c 300 -i 0.005 fe80::2%${link}`;
  const [before, , after] = (await mesh.on("fra1", `${count}; ${pings} | tail -n 1; ${count}`)).trim().split("\n");
  expect(Number(after) - Number(before)).toBeGreaterThan(290);
});

/** The longest time without an answer to a ping every 0.2 s, in seconds, while something is done. */
async function longestGap(
  from: "fra1" | "sao1",
  address: string,
  seconds: number,
  work: () => Promise<void>,
): Promise<number> {
  const ping = `ping -n -D -i 0.2 -w ${seconds} ${address} | awk -F'[][]' '/bytes from/ { if (last && $2 - last > gap) gap = $2 - last; last = $2 } END { print gap }'`;
  const pinging = mesh.on(from, ping, seconds + 60);
  await mesh.on(from, "sleep 2");
  await work();
  return Number(await pinging);
}

test("the better uplink is used, and the second takes over when it is cut", async () => {
  const route = "ip route show proto babel 10.43.0.2";
  await mesh.until("fra1", `${route} | grep -q fm200-nyc1`, 60);
  const gap = await longestGap("fra1", "10.43.0.2", 15, () => mesh.lab.cutUplink("h1", true));
  process.stderr.write(`first uplink cut: ${gap} s without an answer\n`);
  expect(gap).toBeLessThan(10);
  expect(await mesh.on("fra1", route)).toContain("fm21");
  await mesh.lab.cutUplink("h1", false);
});

test("a node that moves is found again by its name within the DPD time", async () => {
  const move = `printf '%s\\n' 'address add 192.0.2.13/32 dev lo' 'address del 192.0.2.13/24 dev eth0' 'address add 192.0.2.33/24 dev eth0' 'route add default via 192.0.2.1' | ip -batch -
    nft 'add table inet moved; add chain inet moved in { type filter hook input priority 0; }; add chain inet moved out { type filter hook output priority 0; }; add rule inet moved in ip daddr 192.0.2.13 udp dport 4500 drop; add rule inet moved out ip saddr 192.0.2.13 udp sport 4500 drop'`;
  const gap = await longestGap("sao1", "10.43.0.3", 45, async () => {
    await mesh.on("tyo1", move);
    await mesh.lab.setName("tyo1.example", "192.0.2.33");
  });
  process.stderr.write(`tyo1 has another address: ${gap} s without an answer\n`);
  expect(gap).toBeLessThan(36);
});

test("with a dead resolver, a charon that starts anew has all its links, that to the name too", async () => {
  await mesh.lab.muteResolver(true);
  await mesh.on("sao1", "systemctl restart strongswan");
  const seconds = await mesh.until("sao1", "[ $(swanctl --list-sas | grep -c INSTALLED) = 5 ]", 30);
  process.stderr.write(`all links after ${seconds} s\n`);
  expect(await mesh.on("sao1", "swanctl --list-sas")).toContain("192.0.2.33");
  await mesh.lab.muteResolver(false);
});
