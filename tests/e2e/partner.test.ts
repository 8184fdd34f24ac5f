import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StatusReport } from "../../cli/status/report";
import { datagramsHeard } from "./datagrams";
import { ranetMember } from "./ranetMember";
import { TestMesh } from "./testMesh";

/** fra1 and nyc1 are ours; tyo1's host is run by another organization with ranet, which calls it fra1, too. */
let mesh: TestMesh;

const member = {
  organization: "partner",
  commonName: "fra1",
  privateKeyFile: "/root/ranet-key.pem",
  overlay: { ipv4: "10.43.0.3", ipv6: "fd43:f00d:cafe::3" },
};

TestMesh.setUp("packaged", async (made) => {
  mesh = made;
  mesh.writeSettings({ organizations: "lab,partner" });
  for (const name of ["fra1", "nyc1"] as const) mesh.writeNode(name);
  const { privateKey, publicKey } = generateKeyPairSync("ed25519", {
    privateKeyEncoding: { format: "pem", type: "pkcs8" },
    publicKeyEncoding: { format: "pem", type: "spki" },
  });
  await mesh.lab.exec("h3", `umask 077; cat >${member.privateKeyFile}`, { stdin: privateKey });
  mesh.project.writeNode("tyo1", {
    id: 3,
    organization: member.organization,
    commonName: member.commonName,
    managed: false,
    publicKey,
    endpoints: [{ serial: 0, family: "ip4", address: mesh.host("tyo1").ip4, port: 4500 }],
  });
});

function status(): { readonly exit: number; readonly report: StatusReport } {
  const { status: exit, stdout } = mesh.fullmesh("status", "--stack", "e2e", "--json");
  return { exit, report: JSON.parse(stdout) as StatusReport };
}

/** Pings both families from one node to others, by their overlay addresses' last numbers. */
async function expectPings(from: "fra1" | "nyc1" | "tyo1", ...to: readonly number[]): Promise<void> {
  const addresses = to.flatMap((id) => [`10.43.0.${id}`, `fd43:f00d:cafe::${id}`]);
  const output = await mesh.on(
    from,
    `for a in ${addresses.join(" ")}; do ping -n -q -c 3 -i 0.2 -W 2 $a || true; done`,
  );
  expect(output.match(/ 0% packet loss/g)).toHaveLength(addresses.length);
}

test("the mesh comes up without the partner, whose links are shown as down", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  const { exit, report } = status();
  expect(exit).toBe(1);
  expect(report.counts).toMatchObject({ nodes: 2, healthyNodes: 2, unmanagedNodes: 1, links: 3, up: 1, down: 2 });
});

test("a member that has registry.json alone links with both nodes of ours", async () => {
  const { output } = await mesh.run("stack", "output", "publicKeys", "--json");
  writeFileSync(join(mesh.project.folder, "keys.json"), output.slice(output.indexOf("{")));
  const exported = mesh.fullmesh("export", "--stack", "e2e", "--keys", "keys.json");
  expect(exported.status).toBe(0);
  await mesh.on("tyo1", ranetMember(exported.stdout, member), 120);

  const deadline = Date.now() + 60_000;
  while (status().exit !== 0 && Date.now() < deadline) await sleep(1000);
  const { exit, report } = status();
  expect({ reasons: report.links.flatMap(({ reasons }) => reasons), exit }).toEqual({ reasons: [], exit: 0 });
  expect(report.links.filter(({ b }) => b === "tyo1").map(({ a, dialler, verdict }) => [a, dialler, verdict])).toEqual([
    ["fra1", "tyo1", "up"],
    ["nyc1", "tyo1", "up"],
  ]);
  expect(report.unmanaged).toEqual([
    { name: "tyo1", id: 3, organization: "partner", links: { expected: 2, found: 2 } },
  ]);
});

test("they reach each other over the overlay, in both families", async () => {
  await mesh.until("tyo1", "ip route show 10.43.0.1 | grep -q . && ip route show 10.43.0.2 | grep -q .", 30);
  await expectPings("fra1", 3);
  await expectPings("nyc1", 3);
  await expectPings("tyo1", 1, 2);
});

test("keys are renewed, though ranet proposes no key exchange for ESP", async () => {
  const keys = "swanctl --list-sas --raw | grep -o 'spi-in=[0-9a-f]*' | sort";
  await mesh.on("tyo1", `${keys} >/run/before; swanctl --rekey --child default >/dev/null`);
  await mesh.until(
    "tyo1",
    `${keys} >/run/after; [ $(wc -l </run/after) = 2 ] && ! grep -qFf /run/before /run/after`,
    30,
  );
  await expectPings("tyo1", 1, 2);
});

test("the partner may speak for nobody but itself", async () => {
  const heard = (): Promise<readonly string[]> =>
    datagramsHeard(mesh, "tyo1", "fra1", [
      { text: "by the link", from: "10.43.0.2", to: "10.43.0.1" },
      { text: "its own", from: "10.43.0.3", to: "10.43.0.1" },
    ]);
  // By the direct link, whatever round trips babel measured: nyc1 does not forward packets whose source is its own address.
  const fra1 = mesh.plan().nodes.find((node) => node.name === "fra1");
  await mesh.lab.cut("h2", "h3");
  await mesh.until("tyo1", `ip route show 10.43.0.1 | grep -qwF '${fra1?.linkLocal ?? ""}'`, 60);
  await mesh.on("tyo1", "ip address add 10.43.0.2/32 dev lo");
  expect(await heard()).toEqual(["10.43.0.3 its own"]);
  // It is the rules that keep it out.
  await mesh.on("fra1", "systemctl stop fullmesh-firewall");
  expect(await heard()).toEqual(["10.43.0.2 by the link", "10.43.0.3 its own"]);
  await mesh.on("fra1", "systemctl start fullmesh-firewall");
  await mesh.on("tyo1", "ip address del 10.43.0.2/32 dev lo");
  await mesh.lab.heal("h2", "h3");
});

test("the partner cannot fill babeld with neighbours", async () => {
  const hello = `for link in $(ip -o link show type xfrm | sed 's/^[0-9]*: //; s/[@:].*//'); do
      for i in $(seq 60); do ip address add fe80::bad:$i/64 dev $link nodad; done
      perl -MSocket=:all -e '
        for my $i (1 .. 60) {
          socket(my $socket, AF_INET6, SOCK_DGRAM, 0) or die;
          setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1) or die;
          bind($socket, pack_sockaddr_in6(6696, inet_pton(AF_INET6, "fe80::bad:$i"), $ARGV[0])) or die "$!";
          setsockopt($socket, IPPROTO_IPV6, 17, pack("i", $ARGV[0])) or die;
          send($socket, pack("CCnCCnnn", 42, 2, 8, 4, 6, 0, 1, 400), 0, pack_sockaddr_in6(6696, inet_pton(AF_INET6, "ff02::1:6"), $ARGV[0])) or die "$!";
        }' $(cat /sys/class/net/$link/ifindex)
    done`;
  await mesh.on("tyo1", hello);
  const neighbours =
    "sleep 1; echo dump | /usr/local/lib/fullmesh/babel say | grep -c '^add neighbour .* if fm300-tyo1 '";
  expect(Number(await mesh.on("fra1", neighbours))).toBeLessThan(10);
  // Whatever that does to a link of its own.
  expect(status().report.links.filter(({ b }) => b !== "tyo1")).toMatchObject([{ verdict: "up", reasons: [] }]);
  // It is the rules that keep them out.
  await mesh.on("fra1", "systemctl stop fullmesh-firewall");
  await mesh.on("tyo1", hello.replace(/ip address add/g, ": "));
  expect(Number(await mesh.on("fra1", neighbours))).toBeGreaterThan(30);
  await mesh.on("fra1", "systemctl start fullmesh-firewall");
});

test("a partner that leaves the registry is out, and stays out", async () => {
  mesh.project.removeNode("tyo1");
  writeFileSync(join(mesh.project.registry, "_retired.yaml"), "retired: [{ id: 3, name: tyo1 }]\n");
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  const established = "swanctl --list-sas | grep -q ESTABLISHED";
  for (const name of ["fra1", "nyc1"] as const) {
    await mesh.on(name, "! swanctl --list-sas | grep -q tyo1 && ! ip link show fm300-tyo1 2>/dev/null");
  }
  await mesh.until("tyo1", `! ${established}`, 10);
  await mesh.on(
    "tyo1",
    `for name in ranet1 ranet2; do ! swanctl --initiate --ike $name --child default --timeout 5 >/dev/null 2>&1 || exit 1; done; ! ${established}`,
  );
  expect(mesh.fullmesh("status", "--stack", "e2e").status).toBe(0);
});
