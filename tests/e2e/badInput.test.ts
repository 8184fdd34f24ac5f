import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { preflightScript } from "../../ssh/hostScripts";
import { TestMesh } from "./testMesh";

/** What goes wrong outside the mesh: each is named with node and cause, the others get on, and nothing is lost. */
let mesh: TestMesh;
const mute = createServer(() => undefined);

TestMesh.setUp("packaged", async (made) => {
  mesh = made;
  mute.listen(0, "127.0.0.1");
  await once(mute, "listening");
});

afterAll(() => {
  mute.close();
});

const install = (node: string): string => `command:remote:Command (${node}-install):`;

test("a registry that cannot be read stops the program before any host is touched", async () => {
  mesh.writeNode("fra1");
  writeFileSync(join(mesh.project.registry, "nyc1.yaml"), "id: 2\nendpoint: []\n");
  const { status, output } = await mesh.run("preview");
  expect(status).not.toBe(0);
  expect(output).toContain("no host was changed");
  expect(output).toMatch(/nyc1\.yaml:2:1: .*`endpoint`/);
  expect(output).toMatch(/did you mean `endpoints`/);
});

test("a wrong SSH key is named for each node, at once", async () => {
  const key = join(mesh.project.folder, "other");
  spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  mesh.writeNode("nyc1");
  mesh.writeSettings({ sshKey: key });
  const { status, output } = await mesh.run("up", "--yes", "--skip-preview");
  mesh.writeSettings({});
  expect(status).not.toBe(0);
  for (const node of ["fra1", "nyc1"]) expect(output).toMatch(new RegExp(`${node}: .*root.*refuse`, "i"));
  const { code } = await mesh.lab.exec("h1", "test -e /var/lib/fullmesh");
  expect(code).toBe(1);
});

test("an unknown host key, a mute host and a host of an unknown distribution hold up no other node", async () => {
  const known = readFileSync(mesh.lab.knownHostsFile, "utf8").split("\n");
  const port = mesh.lab.hosts[1]?.sshPort ?? 0;
  const file = join(mesh.project.folder, "known_hosts");
  const { port: mutePort } = mute.address() as AddressInfo;
  // With the key of nyc1, as known_hosts has no key for two nodes.
  const stranger = known.find((line) => line.includes(`:${port} `))?.replace(/^\S+/, `[127.0.0.1]:${mutePort}`) ?? "";
  writeFileSync(file, [...known.filter((line) => !line.includes(`:${port} `)), stranger, ""].join("\n"));
  mesh.writeSettings({ knownHosts: file, dialSeconds: 10 });
  mesh.writeNode("tyo1", { ssh: { port: mutePort } });
  mesh.writeNode("sao1");
  await mesh.lab.exec(
    "h4",
    "cp /etc/os-release /root/os-release; rm /etc/os-release; printf 'ID=plan9\\nVERSION_ID=4\\n' >/etc/os-release",
  );

  const { status, output } = await mesh.run("up", "--yes", "--skip-preview");
  expect(status).not.toBe(0);
  expect(output).toMatch(/nyc1: .*known_hosts/s);
  expect(output).toMatch(/tyo1: .*does not speak SSH/s);
  expect(output).toContain('sao1: this host runs "plan9 4", and fullmesh knows debian 12, debian 13, ubuntu 24.04');
  expect(output).not.toContain(install("fra1"));
  const { stdout } = await mesh.lab.exec("h1", "systemctl is-active strongswan fullmesh-babeld; ls /etc/fullmesh");
  expect(stdout).toMatch(/^active\nactive\n/);
});

test("a wrong clock, a port in use, a kernel without XFRM interfaces and an uplink that is not there are found before anything is written, and the next up finishes the rest", async () => {
  mesh.writeSettings({});
  mesh.writeNode("tyo1");
  await mesh.lab.exec("h4", "cp /root/os-release /etc/os-release");
  const holdPort = `setsid perl -MIO::Socket::INET -e 'my $socket = IO::Socket::INET->new(LocalPort => 4500, Proto => "udp") or die; sleep 600' >/dev/null 2>&1 </dev/null &
    for try in $(seq 40); do ss -Hlun "sport = :4500" | grep -q . && exit; sleep 0.5; done; exit 1`;
  expect((await mesh.lab.exec("h2", holdPort)).code).toBe(0);
  // The hosts have one clock between them.
  await mesh.lab.exec(
    "h2",
    `printf '#!/bin/sh\\nexec /usr/bin/date -d "-2 hours" "$@"\\n' >/usr/local/bin/date; chmod 755 /usr/local/bin/date`,
  );
  await mesh.lab.exec(
    "h3",
    `printf '#!/bin/sh\\ncase "$*" in *"type xfrm"*) exit 2 ;; esac\\nexec /usr/sbin/ip "$@"\\n' >/usr/local/sbin/ip; chmod 755 /usr/local/sbin/ip`,
  );
  mesh.writeNode("sao1", {
    endpoints: [{ serial: 0, family: "ip4", address: mesh.host("sao1").ip4, interface: "eth7" }],
  });

  const broken = await mesh.run("up", "--yes", "--skip-preview");
  expect(broken.status).not.toBe(0);
  expect(broken.output).toMatch(/nyc1: UDP port 4500 is in use by perl \(pid \d+\)/);
  expect(broken.output).toMatch(/nyc1: its clock is 7\d\d\d s behind/);
  expect(broken.output).toMatch(/tyo1: the kernel .* cannot make XFRM interfaces/);
  expect(broken.output).toContain(
    "sao1: there is no interface eth7 here, which an endpoint's `interface` names; nothing was written",
  );
  await mesh.on("sao1", "test ! -e /etc/fullmesh/links.conf");
  const { code } = await mesh.lab.exec("h2", "test -e /var/lib/fullmesh");
  expect(code).toBe(1);

  const preflight = mesh.fullmesh("preflight", "--stack", "e2e");
  console.log(preflight.stdout);
  expect(preflight.status).toBe(1);
  expect(preflight.stdout).toMatch(
    /^fra1: fit\nnyc1: its clock .*\n +fix: .*\nnyc1: UDP port .*\n +fix: .*\ntyo1: the kernel .*\n +fix: .*\nsao1: fit\n$/,
  );

  await mesh.lab.exec("h2", "pkill -x perl; rm /usr/local/bin/date");
  await mesh.lab.exec("h3", "rm /usr/local/sbin/ip");
  mesh.writeNode("sao1");
  const mended = await mesh.run("up", "--yes", "--skip-preview");
  expect(mended.status).toBe(0);
  expect(mesh.fullmesh("status", "--stack", "e2e").status).toBe(0);
});

test("a login by way of the overlay is seen by the way back", async () => {
  const overlayOf = (wanted: string) => mesh.plan().nodes.find(({ name }) => name === wanted)?.overlay;
  const [own, other] = [overlayOf("fra1"), overlayOf("nyc1")];
  const seen = async (connection: string): Promise<string> => {
    const run = `sh -s fra1 4500 none $(date +%s) "${connection}" 10.43.0.0/16,fd43:f00d:cafe::/48`;
    return (await mesh.lab.exec("h1", run, { stdin: preflightScript() })).stderr;
  };
  expect(await seen(`${other?.ipv4 ?? ""} 50000 ${own?.ipv4 ?? ""} 22`)).toMatch(/by way of the overlay \(fm\S+\)/);
  expect(await seen(`${other?.ipv6 ?? ""} 50000 ${own?.ipv6 ?? ""} 22`)).toMatch(/by way of the overlay \(fm\S+\)/);
  expect(await seen(`${mesh.host("nyc1").ip4} 50000 ${mesh.host("fra1").ip4} 22`)).toBe("");
});
