import { longestGap } from "./longestGap";
import { TestMesh } from "./testMesh";
import { say } from "./say";

/** Two nodes with two uplinks each. */
let mesh: TestMesh;

TestMesh.setUp("packaged", async (made) => {
  mesh = made;
  await mesh.lab.secondUplink(["h1", "h2"]);
  mesh.writeNode("fra1", { endpoints: mesh.twoUplinks("fra1") });
  mesh.writeNode("nyc1", { endpoints: mesh.twoUplinks("nyc1") });
});

test("the preview shows by which uplink a link goes, and what it costs", async () => {
  const { output } = await mesh.run("preview", "--diff");
  expect(output).toMatch(/cost +: 480\n(.*\n){4} *path +: "ip4 192\.0\.2\.11:4500 \(eth0\) -> 192\.0\.2\.12:4500"/);
  expect(output).toMatch(
    /cost +: 1440\n(.*\n){4} *path +: "ip4 198\.51\.100\.11:4500 \(eth1\) -> 198\.51\.100\.12:4500"/,
  );
});

test("up brings up all links", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  const { status, stdout } = mesh.fullmesh("status", "--stack", "e2e");
  say(stdout);
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

test("the better uplink is used, and the second takes over when it is cut", async () => {
  const route = "ip route show proto babel 10.43.0.2";
  await mesh.until("fra1", `${route} | grep -q fm200-nyc1`, 60);
  const gap = await longestGap(mesh, "fra1", "10.43.0.2", 15, () => mesh.lab.cutUplink("h1", true));
  say(`first uplink cut: ${gap} s without an answer\n`);
  expect(gap).toBeLessThan(10);
  expect(await mesh.on("fra1", route)).toContain("fm21");
  await mesh.lab.cutUplink("h1", false);
});

test("policy rules and routes of an uplink that a network manager has removed are told, and restored", async () => {
  await mesh.on(
    "fra1",
    `systemctl stop fullmesh-healer.timer fullmesh-healer.service; ip rule show | sed -n 's/^5200:\\t//p' | while read -r rule; do ip rule del priority 5200 $rule; done
     ip route flush table $(($(awk '$2 == "eth1" { print $4; exit }' /etc/fullmesh/uplinks.conf)))`,
  );
  const { status, stdout } = mesh.fullmesh("drift", "--stack", "e2e");
  expect(status).toBe(2);
  expect(stdout).toMatch(/^fra1: the policy rule of the uplink eth0 \(ip4\) is missing$/m);
  expect(stdout).toMatch(/^fra1: the policy rule of the uplink eth1 \(ip4\) is missing$/m);
  expect(stdout).toMatch(/^fra1: the routing table of the uplink eth1 \(ip4\) has other routes than the interface$/m);
  expect(mesh.fullmesh("status", "--stack", "e2e").stdout).toContain(
    "the policy rule of the uplink eth0 (ip4) is missing",
  );
  await mesh.on("fra1", "systemctl start fullmesh-healer.timer");
  await mesh.until("fra1", '[ -z "$(/usr/local/lib/fullmesh/uplinks check)" ]', 40);
  await mesh.untilHealthy();
});
