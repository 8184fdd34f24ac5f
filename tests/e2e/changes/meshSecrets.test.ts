import { expectAllPings } from "../allPings";
import { nodesWithSudo } from "../plainMeshes";
import { TestMesh } from "../testMesh";
import { rotatedUnderTraffic, expectNoGap, expectUnharmed, lives, type Outcome } from "./underTraffic";

/** What all nodes share, babel's MAC key and the secret of the preshared keys, is changed under traffic, in three steps. */
let mesh: TestMesh;
const names = ["fra1", "nyc1", "sao1"] as const;
const macFile = "/etc/fullmesh/babel-key.conf";
const ppkIds = "sed -n 's/ *id = //p' /etc/swanctl/conf.d/fullmesh-ppk.conf | sort";

TestMesh.setUp(nodesWithSudo, (made) => {
  mesh = made;
  mesh.writeSettings({ ppk: "required" });
});

const onEach = (command: string): Promise<readonly string[]> =>
  Promise.all(names.map((name) => mesh.on(name, command)));

const step = (text: string): Promise<Outcome> => rotatedUnderTraffic(mesh, "--mesh-secrets", text);

/** The IKE_SAs alone: of what `lives` gives, not the starts of the daemons. */
async function associations(): Promise<readonly string[]> {
  return (await lives(mesh, "fra1")).filter((line) => line.startsWith("fm"));
}

test("up with preshared keys", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
});

test("the nodes accept what is made with the new secret, and no link is re-established", async () => {
  const [macs, then] = [await onEach(`cat ${macFile}`), await associations()];
  expectUnharmed(await step("step 1 of 3"));
  expect(await associations()).toEqual(then);
  expect(await onEach(`cat ${macFile}`)).toEqual(macs);
  expect(await mesh.on("fra1", ppkIds)).toBe("fullmesh-1-2\nfullmesh-1-4\ns2-fullmesh-1-2\ns2-fullmesh-1-4\n");
  expect(new Set(await onEach("grep -c 'key mesh accept-bad-signatures true' /etc/fullmesh/babeld.conf"))).toEqual(
    new Set([`${names.length - 1}\n`]),
  );
});

test("the new secret is used: links are re-established without a gap, and babeld goes on running", async () => {
  const starts = "systemctl show -p ExecMainStartTimestampMonotonic strongswan fullmesh-babeld";
  const [macs, then, started] = [await onEach(`cat ${macFile}`), await associations(), await onEach(starts)];
  const since = (await mesh.on("fra1", "date '+%F %T'")).trim();
  expectNoGap(await step("step 2 of 3"));
  const now = await associations();
  expect(now).toHaveLength(then.length);
  expect(now.filter((line) => then.includes(line))).toEqual([]);
  expect(await onEach(starts)).toEqual(started);
  const [mac, ...others] = [...new Set(await onEach(`cat ${macFile}`))];
  expect(others).toEqual([]);
  expect(macs).not.toContain(mac);
  const journal = await mesh.on("fra1", `journalctl -u strongswan --no-pager --since '${since}'`);
  expect(journal).toMatch(/using PPK for PPK_ID 's2-fullmesh-1-2'/);
  expect(mesh.fullmesh("status", "--stack", "e2e").status).toBe(0);
});

test("what is made with the former one is refused, and it is nowhere any more", async () => {
  const then = await associations();
  expectUnharmed(await step("step 3 of 3"));
  expect(await associations()).toEqual(then);
  expect(await mesh.on("fra1", ppkIds)).toBe("s2-fullmesh-1-2\ns2-fullmesh-1-4\n");
  expect(await onEach("grep -c accept-bad /etc/fullmesh/babeld.conf || :")).toEqual(names.map(() => "0\n"));
  expect([...new Set((await mesh.state()).match(/RandomPassword::[\w-]+/g))].sort()).toEqual([
    "RandomPassword::babel-mac-2",
    "RandomPassword::ppk-2",
  ]);
  expect(mesh.fullmesh("status", "--stack", "e2e").status).toBe(0);
});

test("babel refuses a node with another MAC key, and the traffic goes on by the fallback routes", async () => {
  const line = `key id mesh type hmac-sha256 value ${"5".repeat(64)}`;
  await mesh.on("nyc1", `echo '${line}' | /usr/local/lib/fullmesh/babel say`);
  const unheard = `echo dump | /usr/local/lib/fullmesh/babel say | grep -q 'neighbour.* if fm200-nyc1 .*rxcost 65535' || ! echo dump | /usr/local/lib/fullmesh/babel say | grep -q 'neighbour.* if fm200-nyc1 '`;
  await mesh.until("fra1", unheard, 30);
  await expectAllPings(mesh);
  await mesh.on("nyc1", `/usr/local/lib/fullmesh/babel say <${macFile}`);
  await mesh.untilHealthy();
});

test("where a node has missed the second step, all links can be established, and babel hears all", async () => {
  const rotate = (): void => {
    expect(mesh.fullmesh("rotate", "--mesh-secrets", "--stack", "e2e").status).toBe(0);
  };
  rotate();
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  rotate();
  mesh.writeNode("sao1", { ssh: { port: 9 } });
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).not.toBe(0);
  mesh.writeNode("sao1");
  const macs = await onEach(`sha256sum <${macFile}`);
  expect(macs[0]).toBe(macs[1]);
  expect(macs[2]).not.toBe(macs[0]);
  await onEach("systemctl restart strongswan");
  const both = "$(swanctl --list-sas 2>/dev/null | grep -c '^fm.*, ESTABLISHED,')";
  for (const name of names) await mesh.until(name, `[ ${both} -ge 2 ]`, 60);
  await expectAllPings(mesh);
  const heard = "/usr/local/lib/fullmesh/babel say | grep 'add neighbour ' | grep -vc '65535'";
  for (const name of names) await mesh.until(name, `[ "$(echo dump | ${heard})" = 2 ]`, 60);
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  expect(new Set(await onEach(`sha256sum <${macFile}`)).size).toBe(1);
  expect(mesh.fullmesh("status", "--stack", "e2e").status).toBe(0);
});
