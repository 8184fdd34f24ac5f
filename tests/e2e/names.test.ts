import { longestGap } from "./longestGap";
import { TestMesh } from "./testMesh";
import { say } from "./say";

/** fra1 has two uplinks, tyo1's address is a DNS name, and sao1 can only dial out. */
let mesh: TestMesh;

TestMesh.setUp("packaged", async (made) => {
  mesh = made;
  await mesh.lab.secondUplink(["h1"]);
  await mesh.lab.setName("tyo1.example", mesh.host("tyo1").ip4);
  await mesh.on("sao1", "echo nameserver 192.0.2.1 >/etc/resolv.conf");
  mesh.writeNode("fra1", { endpoints: mesh.twoUplinks("fra1") });
  mesh.writeNode("tyo1", { endpoints: [{ serial: 0, family: "ip4", address: "tyo1.example" }] });
  mesh.writeNode("sao1", { endpoints: [{ serial: 0, family: "ip4" }] });
});

test("the preview shows the name that is dialled", async () => {
  const { output } = await mesh.run("preview", "--diff");
  expect(output).toContain('"ip4 *:4500 -> tyo1.example:4500"');
});

test("up brings up all links", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  const { status, stdout } = mesh.fullmesh("status", "--stack", "e2e");
  say(stdout);
  expect(status).toBe(0);
});

test("of a name that has no address yet, status says so", async () => {
  await mesh.lab.muteResolver(true);
  await mesh.on(
    "sao1",
    "systemctl stop fullmesh-names; rm /etc/swanctl/conf.d/fullmesh-names.conf; swanctl --load-conns; systemctl restart strongswan; systemctl start fullmesh-names",
  );
  const { status, stdout } = mesh.fullmesh("status", "--stack", "e2e");
  expect(status).toBe(1);
  expect(stdout).toContain("sao1 finds no address of tyo1.example, at which it should dial tyo1");
  await mesh.lab.muteResolver(false);
  await mesh.until("sao1", "swanctl --list-sas | grep -qF 192.0.2.13", 36);
});

test("a node that moves is found again by its name within the DPD time", async () => {
  const move = `printf '%s\\n' 'address add 192.0.2.13/32 dev lo' 'address del 192.0.2.13/24 dev eth0' 'address add 192.0.2.33/24 dev eth0' 'route add default via 192.0.2.1' | ip -batch -
    nft 'add table inet moved; add chain inet moved in { type filter hook input priority 0; }; add chain inet moved out { type filter hook output priority 0; }; add rule inet moved in ip daddr 192.0.2.13 udp dport 4500 drop; add rule inet moved out ip saddr 192.0.2.13 udp sport 4500 drop'`;
  const gap = await longestGap(mesh, "sao1", "10.43.0.3", 45, async () => {
    await mesh.on("tyo1", move);
    await mesh.lab.setName("tyo1.example", "192.0.2.33");
  });
  say(`tyo1 has another address: ${gap} s without an answer\n`);
  expect(gap).toBeLessThan(36);
  await mesh.until("sao1", "swanctl --list-sas | grep -qF 192.0.2.33", 36);
});

test("with a dead resolver, a charon that starts anew has all its links, that to the name too", async () => {
  await mesh.lab.muteResolver(true);
  await mesh.on("sao1", "systemctl restart strongswan");
  const seconds = await mesh.until("sao1", "[ $(swanctl --list-sas | grep -c INSTALLED) = 3 ]", 30);
  say(`all links after ${seconds} s\n`);
  expect(await mesh.on("sao1", "swanctl --list-sas")).toContain("192.0.2.33");
  await mesh.lab.muteResolver(false);
});
