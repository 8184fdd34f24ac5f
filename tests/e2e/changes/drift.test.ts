import { expectAllPings } from "../allPings";
import { lossy, SteadyPing } from "../steadyPing";
import { inCharon } from "../inCharon";
import { TestMesh, type NodeName } from "../testMesh";
import { touched } from "../touched";
import { say } from "../say";

/** People change the hosts of a running mesh by hand. */
let mesh: TestMesh;
const names: readonly NodeName[] = ["fra1", "nyc1", "tyo1"];
const detecting = { driftDetection: true, dialSeconds: 10 };

TestMesh.setUp("packaged", (made) => {
  mesh = made;
  mesh.writeNode("fra1", { isolation: "vrf" });
  mesh.writeNode("nyc1");
  mesh.writeNode("tyo1", { isolation: "netns" });
  mesh.writeSettings(detecting);
});

/** `fullmesh drift`: its exit status, and what it says. */
function drift(): { readonly status: number; readonly stdout: string } {
  const started = Date.now();
  const result = mesh.fullmesh("drift", "--stack", "e2e");
  say(`${result.stdout}drift: status ${result.status}, ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  return result;
}

/** The nodes that a preview or an `up` changes anything of. */
function changedNodes(output: string): readonly string[] {
  return [
    ...new Set(
      [...output.matchAll(/^ *[~+-]+ .*\b(\w+)-(?:install|key|apply|verify)\b/gm)].map(([, name = ""]) => name),
    ),
  ].sort();
}

/** How many SAs of each kind each node has of its two links. */
async function associations(): Promise<string> {
  const count =
    "swanctl --list-sas | awk '/ESTABLISHED/ { ike++ } /INSTALLED/ { child++ } END { print ike + 0, child + 0 }'";
  return (await Promise.all(names.map((name) => mesh.on(name, count)))).map((text) => text.trim()).join("; ");
}

test("after up, nothing has drifted", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  expect(drift()).toEqual({ status: 0, stdout: "e2e: in sync (3 in sync)\n" });
});

test("drift names what a person changed on a host, and preview shows it as changes of that node alone", async () => {
  await mesh.on(
    "nyc1",
    `rm /etc/swanctl/conf.d/fm*-tyo1.conf
     printf 'connections { hand-made { remote_addrs = 203.0.113.1 } }\n' >/etc/swanctl/conf.d/hand-made.conf
     swanctl --load-conns >/dev/null
     echo '# mine' >>/etc/fullmesh/firewall.nft
     chmod 666 /etc/fullmesh/links.conf
     chmod 644 /etc/swanctl/private/fullmesh-1.pem
     echo 'do not forget' >/etc/fullmesh/notes
     systemctl stop fullmesh-healer.timer fullmesh-healer.service
     nft delete table inet fullmesh
     echo 0 >/proc/sys/net/ipv4/conf/fm100-fra1/forwarding
     systemctl --quiet disable --now fullmesh-babeld
     swanctl --initiate --ike ${inCharon("fm100-fra1")} --child overlay >/dev/null`,
  );
  const { status, stdout } = drift();
  expect(status).toBe(2);
  for (const line of [
    /^nyc1: \/etc\/swanctl\/conf.d\/fm\w+-tyo1.conf is missing$/m,
    /^nyc1: \/etc\/fullmesh\/firewall.nft was changed$/m,
    /^nyc1: \/etc\/fullmesh\/links.conf has mode 666 instead of 644$/m,
    /^nyc1: \/etc\/swanctl\/private\/fullmesh-1.pem has mode 644 instead of 600$/m,
    /^nyc1: charon has not loaded fm\w+-tyo1$/m,
    /^nyc1: the nftables rules of the mesh are missing$/m,
    /^nyc1: the kernel setting net\/ipv4\/conf\/fm100-fra1\/forwarding is 0 instead of 1$/m,
    /^nyc1: fullmesh-babeld.service is inactive instead of active$/m,
    /^nyc1: fullmesh-babeld.service is disabled instead of enabled$/m,
    /^nyc1: foreign connection hand-made \(left alone\)$/m,
    /^nyc1: foreign file \/etc\/fullmesh\/notes \(left alone\)$/m,
  ])
    expect(stdout).toMatch(line);
  const preview = await mesh.run("preview", "--diff");
  expect(preview.status).toBe(0);
  expect(preview.output).toMatch(/# charon has not loaded fm\w+-tyo1/);
  expect(preview.output).not.toMatch(/# .*hand-made/);
});

test("up mends just that, and no packet between the other nodes is lost", async () => {
  const ping = await SteadyPing.start(mesh.lab, mesh.plan());
  const { status, output } = await mesh.run("up", "--yes", "--skip-preview");
  const losses = await ping.stop();
  expect(status).toBe(0);
  expect(changedNodes(output)).toEqual(["nyc1"]);
  for (const { from, address, sent, received } of losses) {
    say(`${from} -> ${address}: ${sent} sent, ${sent - received} lost\n`);
  }
  // Overlay addresses end in the id, and nyc1 has 2.
  const others = losses.filter(
    ({ from, address }) => from !== "nyc1" && !address.endsWith(".2") && !address.endsWith(":2"),
  );
  expect(others).toHaveLength(4);
  expect(lossy(others)).toEqual([]);
  expect(await associations()).toBe("2 2; 2 2; 2 2");
  const { status: driftStatus, stdout } = drift();
  expect(driftStatus).toBe(0);
  expect(stdout).toContain("foreign connection hand-made (left alone)");
  expect(await mesh.on("nyc1", "swanctl --list-conns | grep -c ^hand-made; cat /etc/fullmesh/notes")).toBe(
    "1\ndo not forget\n",
  );
  expect((await mesh.run("up", "--yes", "--skip-preview", "--expect-no-changes")).status).toBe(0);
  await expectAllPings(mesh);
});

test("SAs that are gone from charon or from the kernel, interfaces and a masked charon are found and mended, too", async () => {
  // What it dials within half a minute is not for us to find.
  await Promise.all(names.map((name) => mesh.on(name, "systemctl stop fullmesh-healer.timer fullmesh-healer.service")));
  await mesh.on(
    "fra1",
    `swanctl --terminate --ike ${inCharon("fm200-nyc1")} >/dev/null; ip -n fullmesh link del fm300-tyo1; ip addr del 10.43.0.1/32 dev fullmesh-links`,
  );
  await mesh.on("tyo1", "ip xfrm state flush; ip xfrm policy flush; ip netns delete fullmesh");
  await mesh.on("nyc1", "systemctl --quiet stop strongswan; systemctl --quiet mask strongswan");
  const { status, stdout } = drift();
  expect(status).toBe(2);
  expect(stdout).toMatch(/^nyc1: strongswan.service is masked instead of enabled$/m);
  expect(stdout).toMatch(/^fra1: the interface fm300-tyo1 is missing$/m);
  expect(stdout).toMatch(/^fra1: the interface fullmesh-links lacks the address 10.43.0.1\/32$/m);
  expect(stdout).toMatch(/^tyo1: fullmesh-healer.timer is inactive instead of active$/m);
  expect(stdout).toMatch(/^tyo1: the network namespace fullmesh is missing$/m);
  expect(stdout).toMatch(/^tyo1: the kernel has lost the SA of fm100-fra1 with fra1$/m);
  const up = await mesh.run("up", "--yes", "--skip-preview");
  expect(up.status).toBe(0);
  expect(changedNodes(up.output)).toEqual(["fra1", "nyc1", "tyo1"]);
  expect(drift().status).toBe(0);
  await expectAllPings(mesh);
});

test("asked to apply all again, the hosts have nothing to do, and after these applies each link has one IKE_SA and one CHILD_SA", async () => {
  const look = (): Promise<readonly string[]> => Promise.all(["h1", "h2", "h3"].map((host) => touched(mesh.lab, host)));
  const before = await look();
  const { status, output } = await mesh.runWith({ FULLMESH_REAPPLY: "true" }, "up", "--yes", "--skip-preview");
  expect(status).toBe(0);
  expect(changedNodes(output)).toEqual([...names].sort());
  expect(await look()).toEqual(before);
  expect(await associations()).toBe("2 2; 2 2; 2 2");
});

test("a node that does not answer is unknown, and a deploy is warned of it", async () => {
  await mesh.on(
    "tyo1",
    `setsid sh -c 'nft add table inet test; nft add chain inet test input "{ type filter hook input priority 0; }"; nft add rule inet test input tcp dport 22 drop; sleep 120; nft delete table inet test' >/dev/null 2>&1 </dev/null &`,
  );
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const { status, stdout } = drift();
  expect(status).toBe(2);
  expect(stdout).toMatch(/^tyo1: unknown: /m);
  expect(stdout).toContain("e2e: not in sync (1 unknown, 2 in sync)");
  const preview = await mesh.run("preview", "--expect-no-changes");
  expect(preview.status).toBe(0);
  expect(preview.output).toContain("tyo1: unknown whether it drifted: ");
});
