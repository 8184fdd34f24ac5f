import { series } from "../metrics/series";
import { TestMesh } from "./testMesh";
import { say } from "./say";

/** A mesh whose nodes write their metrics, and a link between two of them that is cut. */
const file = "/var/lib/prometheus/node-exporter/fullmesh.prom";

/** Seconds between two runs, and what the run itself takes on a busy host. */
const period = 30 + 15;

let mesh: TestMesh;

TestMesh.setUp("packaged", (made) => {
  mesh = made;
  for (const name of ["fra1", "nyc1", "tyo1"] as const) mesh.writeNode(name);
});

const linkUp = (peer: string): string => `^fullmesh_link_up{node="fra1",peer="${peer}",[^}]*} `;

/** The files of the mesh's own on fra1, and when charon and babeld began. */
const daemons = (): Promise<string> =>
  mesh.on(
    "fra1",
    "systemctl show --property=ExecMainStartTimestamp strongswan fullmesh-babeld; swanctl --list-sas --raw | grep -o 'uniqueid=[0-9]* version=2'",
  );

test("a mesh without metrics writes none", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  await mesh.untilHealthy();
  await mesh.on("fra1", `[ ! -e ${file} ]`);
});

test("with the setting on, no daemon and no link is touched, and within the period all links are told to be up", async () => {
  const before = await daemons();
  mesh.writeSettings({ metrics: "textfile" });
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  expect(await daemons()).toBe(before);
  const seconds = await mesh.until(
    "fra1",
    `grep -q '${linkUp("nyc1")}1$' ${file} && grep -q '${linkUp("tyo1")}1$' ${file}`,
    period,
  );
  say(`both links are told to be up after ${seconds} s\n`);
  expect(await mesh.on("fra1", `stat -c '%a %U' ${file}; ls -A ${file.replace(/\/[^/]*$/, "")}`)).toBe(
    "644 root\nfullmesh.prom\n",
  );
});

test("the node tells what the deployer finds", async () => {
  const own = await mesh.on("fra1", `cat ${file}`);
  say(own);
  const { status, stdout } = mesh.fullmesh("status", "--stack", "e2e", "--format", "prometheus");
  expect(status).toBe(0);
  const [asked, written] = [series(stdout), series(own)];
  const same = /^fullmesh_(node_info|link_info|link_up|link_state|routes_|service_|bundle_)/;
  const steady = (all: typeof asked) =>
    [...all]
      .filter(([key, { labels }]) => same.test(key) && labels.node === "fra1")
      .map(([key, { value }]) => [key, value]);
  expect(steady(written)).toEqual(steady(asked));
  expect(written.get('fullmesh_routes_installed{node="fra1"}')?.value).toBe(4);
  expect(written.get('fullmesh_drift_files{node="fra1"}')?.value).toBe(0);
  for (const [key, { value }] of asked) {
    const counted = written.get(key)?.value;
    if (key.includes("_bytes_total") && counted !== undefined) expect(value).toBeGreaterThanOrEqual(counted);
  }
  expect([...written.keys()].filter((key) => key.startsWith("fullmesh_link_receive_bytes_total"))).toHaveLength(2);
  expect(mesh.fullmesh("drift", "--stack", "e2e").status).toBe(0);
});

test("a link that is cut is told within the period after babel has lost it, and the other stays up", async () => {
  await mesh.on(
    "fra1",
    "nft 'add table inet cut; add chain inet cut in { type filter hook input priority -10; }; add rule inet cut in ip saddr 192.0.2.12 udp dport 4500 drop'",
  );
  const lost = await mesh.until(
    "fra1",
    "! echo dump | /usr/local/lib/fullmesh/babel say | grep -q 'if fm200-nyc1 reach .* rxcost 96 '",
    60,
  );
  const told = await mesh.until("fra1", `grep -q '${linkUp("nyc1")}0$' ${file}`, period);
  say(`babel lost it after ${lost} s, and ${told} s later the file had it\n`);
  await mesh.on("fra1", `grep -q '${linkUp("tyo1")}1$' ${file}`);
  const seconds = await mesh.until("nyc1", `grep -q '^fullmesh_link_up{node="nyc1",peer="fra1",[^}]*} 0$' ${file}`, 90);
  say(`the other end told it ${seconds} s after that\n`);
  await mesh.on("fra1", "nft delete table inet cut");
  await mesh.until("fra1", `grep -q '${linkUp("nyc1")}1$' ${file}`, 90);
});

test("charon that is away leaves the time of the last success behind", async () => {
  const success = "sed -n 's/^fullmesh_last_success_timestamp_seconds{.*} //p'";
  await mesh.on("fra1", "systemctl stop fullmesh-healer.timer fullmesh-metrics.timer; systemctl stop strongswan");
  const before = await mesh.on("fra1", `${success} ${file}`);
  await mesh.on("fra1", "sleep 2; /usr/local/lib/fullmesh/metrics write");
  expect(await mesh.on("fra1", `${success} ${file}`)).toBe(before);
  await mesh.on("fra1", `grep -q '${linkUp("nyc1")}0$' ${file}`);
  await mesh.on("fra1", "systemctl start strongswan fullmesh-healer.timer fullmesh-metrics.timer");
  await mesh.untilHealthy();
});

test("with the setting off, timer and file are gone", async () => {
  mesh.writeSettings({});
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  await mesh.on("fra1", `[ ! -e ${file} ] && [ ! -e /var/lib/prometheus ]`);
  expect(await mesh.on("fra1", "systemctl list-units --all --plain --no-legend 'fullmesh-metrics*'")).toBe("");
  expect(mesh.fullmesh("drift", "--stack", "e2e").status).toBe(0);
});

test("a node that leaves while it writes metrics keeps nothing of them", async () => {
  mesh.writeSettings({ metrics: "textfile" });
  expect((await mesh.run("up", "--yes", "--skip-preview")).status).toBe(0);
  await mesh.until("tyo1", `[ -e ${file} ]`, period);
  expect((await mesh.run("destroy", "--yes", "--skip-preview", "--run-program")).status).toBe(0);
  await mesh.on("tyo1", "[ ! -e /var/lib/prometheus ] && [ ! -e /etc/systemd/system/fullmesh-metrics.timer ]");
});
