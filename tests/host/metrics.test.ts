import { lstatSync, mkdirSync, readdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { allMetrics, meshExposition } from "../../core/metrics/meshMetrics";
import { askedNodeMetrics } from "../../core/metrics/nodeMetrics";
import { compareWithPlan } from "../../core/observe/compareWithPlan";
import { parseObservation } from "../../core/observe/parseObservation";
import { managedNodes } from "../../core/plan/managed";
import { planMesh } from "../../core/plan/planMesh";
import { fullMesh } from "../../core/registry/registry";
import type { MeshSettings } from "../../core/registry/settings";
import { metrics } from "../../core/render/metrics";
import { renderNode } from "../../core/render/renderNode";
import { hostPaths } from "../../core/render/hostFile";
import { series } from "../metrics/series";
import { fixture, plan, replacing, without, type NodeName } from "../observe/threeNodes";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";
import { keyOfText } from "../registry/arbitraryRegistry";
import { FakeHost } from "./fakeHost";

/** The script `metrics` on a host that tells the same as the fixtures of tests/observe, beside what the deployer makes of these. */
const file = "var/lib/prometheus/node-exporter/fullmesh.prom";

let host: FakeHost;

beforeEach(() => {
  host = new FakeHost("fra1");
});

afterEach(() => {
  host.remove();
});

const fra1 = "fra1" satisfies NodeName;

function table(): string {
  const node = managedNodes(plan).find(({ name }) => name === fra1);
  const files = node === undefined ? [] : metrics({ ...plan, metrics: "textfile" }, node);
  const found = files.find(({ path }) => path === hostPaths.metrics);
  if (found === undefined) throw new Error("no table");
  return found.content;
}

/** A section of what `observe` prints. */
function section(observed: string, name: string): string {
  return new RegExp(`^== ${name}\\n([^]*?)(?=\\n*^== |$(?![^]))`, "m").exec(observed)?.[1] ?? "";
}

interface IpLink {
  readonly ifname?: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly linkinfo: { readonly info_data: { readonly if_id: string } };
  readonly stats64?: { readonly rx: Record<string, number>; readonly tx: Record<string, number> };
}

/** What ip(8) prints with `-o -d -s` of what it prints with `-json`. */
function linkLines(json: string): string {
  const counters = ({ bytes, packets }: Record<string, number>): string =>
    `           ${bytes}      ${packets}      0       0       0       0 `;
  return (JSON.parse(json) as readonly IpLink[])
    .filter(({ ifname }) => ifname !== undefined)
    .map(({ ifname, flags, mtu, linkinfo, stats64 }, index) => {
      const stats =
        stats64 &&
        `\\    RX:  bytes packets errors dropped  missed   mcast           \\${counters(stats64.rx)}\\    TX:  bytes packets errors dropped carrier collsns           \\${counters(stats64.tx)}`;
      return `${index + 3}: ${ifname}@NONE: <${flags.join(",")}> mtu ${mtu} qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\\    link/none  promiscuity 0 minmtu 68 maxmtu 65535 \\    xfrm if_id ${linkinfo.info_data.if_id} addrgenmode none numtxqueues 1 numrxqueues 1${stats ?? ""}\n`;
    })
    .join("");
}

function routeLines(json: string): string {
  return (JSON.parse(json) as readonly { dst: string; dev: string }[])
    .map(({ dst, dev }) => `${dst} via inet6 fe80::2 dev ${dev} src 10.42.0.1 onlink \n`)
    .join("");
}

const withCounters = replacing(
  /("ifname":"fm200-nyc1",)/,
  '$1"stats64":{"rx":{"bytes":98765432109876,"packets":32},"tx":{"bytes":8192,"packets":64}},',
);

/** As the programs of the host tell what a text of `observe` has. */
function says(observed: string) {
  return {
    sas: section(observed, "sas"),
    babel: section(observed, "babel"),
    links: linkLines(section(observed, "links")),
    routes4: routeLines(section(observed, "routes4")),
    routes6: routeLines(section(observed, "routes6")),
    services: section(observed, "services"),
  };
}

/** Series without those that tell the time of this test or that a node alone has. */
function comparable(text: string, clock: number): readonly (readonly [string, number])[] {
  const timeless = /^fullmesh_(last_success|bundle|drift|mesh)/;
  const asked = new Set(askedNodeMetrics.map(({ name }) => name));
  return [...series(text)]
    .filter(([key, { name, labels }]) => labels.node === fra1 && !timeless.test(key) && !asked.has(name))
    .map(([key, { value }]) => [key, key.includes("_timestamp_") ? value - clock : value] as const);
}

/** What the deployer and the host make of the same text. */
function both(observed: string) {
  const observation = parseObservation(observed);
  const health = compareWithPlan(plan, new Map([[fra1, { kind: "answered", observation }]]));
  const before = Date.now() / 1000;
  expect(host.metrics("write", table(), says(observed))).toMatchObject({ status: 0, stdout: "", stderr: "" });
  const text = host.read(file);
  const now = series(text).get('fullmesh_last_success_timestamp_seconds{node="fra1"}')?.value ?? 0;
  expect(now - before).toBeGreaterThan(-2);
  return {
    asked: comparable([...meshExposition(plan, health, { stack: "dev", atSeconds: 0 })].join(""), 1795470917),
    own: comparable(text, now),
  };
}

const changes: readonly (readonly [string, (text: string) => string])[] = [
  ["all well", (text) => text],
  ["traffic of an interface", withCounters],
  ["a peer that does not hear us", replacing(/(if fm200-nyc1 .* txcost) 96/, "$1 65535")],
  ["a peer that is not heard", replacing(/(if fm200-nyc1 reach) ffff (ureach 0000 rxcost) 96/, "$1 00f0 $2 65535")],
  ["no round-trip time yet", replacing(/ rtt 80\.412 rttcost 281/, "")],
  ["no IKE_SA, and nothing of babel", without(/^list-sa event \{fm300-tyo1|^add neighbour .* if fm300-tyo1 /)],
  ["no IKE_SA, while babel hears", without(/^list-sa event \{fm300-tyo1/)],
  ["an IKE_SA that is being set up", replacing(/state=ESTABLISHED(?=.* established=192)/, "state=CONNECTING")],
  ["another connection's CHILD_SA", replacing(/if-id-in=00000200/, "if-id-in=00000300")],
  ["a CHILD_SA that is overdue for rekeying", replacing(/rekey-time=3302(?=.* install-time=192)/, "rekey-time=-100")],
  ["an interface that is down", replacing(/("fm200-nyc1","flags":\["NOARP"),"UP"/, "$1")],
  ["an interface with another MTU", replacing(/(LOWER_UP"\],"mtu":)1438/, "$11400")],
  ["an interface with another if_id", replacing(/"0x200"/, '"0x201"')],
  ["an interface that is gone", replacing(/"ifname":"fm200-nyc1",/, "")],
  ["two routes fewer", replacing(/\{"dst":"fd42::[^]*\]/, "]")],
  [
    "two IKE_SAs, of which the younger counts",
    replacing(
      /^(list-sa event \{fm200-nyc1 .*)$/m,
      "$1\nlist-sa event {fm200-nyc1_0f8c3a52_9d41e07b {uniqueid=9 version=2 state=ESTABLISHED established=30 rekey-time=99 child-sas {}}}",
    ),
  ],
  [
    "a service that failed",
    replacing(/(Id=fullmesh-babeld.service\nLoadState=loaded\nActiveState=)active/, "$1failed"),
  ],
];

test.each(changes)("%s: the node writes what the deployer would", (_, change) => {
  const { asked, own } = both(change(fixture(fra1)));
  expect(own.length).toBeGreaterThan(30);
  expect(own).toEqual(asked);
});

test("help and type are the deployer's", () => {
  host.write("var/lib/fullmesh/good", "fullmesh-bundle 1 fra1\n");
  host.metrics("write", table(), says(withCounters(fixture(fra1))));
  const heads = host.read(file).match(/^# .*$/gm);
  const askedOnly = new Set([
    "fullmesh_mesh_healthy",
    "fullmesh_mesh_links",
    ...askedNodeMetrics.map(({ name }) => name),
  ]);
  const own = allMetrics.filter(({ name }) => !askedOnly.has(name));
  expect(heads).toEqual(own.flatMap(({ name, type, help }) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]));
});

test("where no daemon answers, each planned link is down and nothing is called a success", () => {
  expect(host.metrics("write", table(), {}).status).toBe(0);
  const found = series(host.read(file));
  expect([...found.values()].filter(({ name }) => name === "fullmesh_link_up").map(({ value }) => value)).toEqual([
    0, 0,
  ]);
  expect([...found.values()].filter(({ name }) => name.startsWith("fullmesh_sa_"))).toEqual([]);
  expect([...found.keys()].filter((key) => key.includes("last_success"))).toEqual([]);
});

test("the time of the last success stays while charon does not answer", () => {
  host.metrics("write", table(), says(fixture(fra1)));
  const key = 'fullmesh_last_success_timestamp_seconds{node="fra1"}';
  const first = series(host.read(file)).get(key)?.value;
  host.write("run/fullmesh/metrics-success", "1000\n");
  const { babel, links } = says(fixture(fra1));
  host.metrics("write", table(), { babel, links });
  expect(first).toBeGreaterThan(1000);
  expect(series(host.read(file)).get(key)?.value).toBe(1000);
});

test("while the mesh is switched off, no link is up", () => {
  host.write("var/lib/fullmesh/switched-off", "closed\n");
  host.metrics("write", table(), says(fixture(fra1)));
  expect(series(host.read(file)).get('fullmesh_link_up{node="fra1",peer="nyc1",interface="fm200-nyc1"}')?.value).toBe(
    0,
  );
});

test("files that differ are counted, and the bundle is named", () => {
  host.write("var/lib/fullmesh/good", "fullmesh-bundle 1 fra1\n");
  host.metrics("write", table(), says(fixture(fra1)), "echo changed /etc/x; echo missing /etc/y");
  const text = host.read(file);
  expect(series(text).get('fullmesh_drift_files{node="fra1"}')?.value).toBe(2);
  expect(text).toMatch(/^fullmesh_bundle_info\{node="fra1",digest="[0-9a-f]{16}"\} 1$/m);
});

test("charon is asked once", () => {
  host.metrics("write", table(), says(fixture(fra1)));
  expect(host.calls().filter((call) => call.startsWith("swanctl"))).toEqual(["swanctl --list-sas --raw"]);
});

test("anybody may read the file, and nothing is left beside it", () => {
  host.metrics("write", table(), says(fixture(fra1)));
  const folder = join(host.root, "var/lib/prometheus/node-exporter");
  expect([statSync(join(host.root, file)).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o644, 0o755]);
  expect(readdirSync(folder)).toEqual(["fullmesh.prom"]);
});

test("a link that the folder's owner has put in the way is not followed", () => {
  host.write("etc/shadow", "secret\n");
  for (const name of [".fullmesh.prom.new", "fullmesh.prom"]) {
    mkdirSync(join(host.root, "var/lib/prometheus/node-exporter"), { recursive: true });
    symlinkSync(join(host.root, "etc/shadow"), join(host.root, "var/lib/prometheus/node-exporter", name));
  }
  expect(host.metrics("write", table(), says(fixture(fra1))).status).toBe(0);
  expect(host.read("etc/shadow")).toBe("secret\n");
  expect(lstatSync(join(host.root, file)).isFile()).toBe(true);
});

test("remove takes away the file, and the folders where they were made for it", () => {
  host.metrics("write", table(), says(fixture(fra1)));
  expect(host.metrics("remove", "", {}).status).toBe(0);
  expect(host.has("var/lib/prometheus")).toBe(false);

  host.write("var/lib/prometheus/node-exporter/apt.prom", "# another's\n");
  host.metrics("write", table(), says(fixture(fra1)));
  expect(host.metrics("remove", "", {}).status).toBe(0);
  expect(readdirSync(join(host.root, "var/lib/prometheus/node-exporter"))).toEqual(["apt.prom"]);
});

describe("the setting in a deploy", () => {
  const files = (more: Partial<MeshSettings>) => {
    const plan = planMesh(
      { nodes: [labNode(1, "fra1"), labNode(2, "nyc1")], retired: [], policy: fullMesh },
      { ...settings, ...more },
    );
    const [node] = managedNodes(plan);
    if (node === undefined) throw new Error("no node");
    return renderNode(plan, node, { fra1: [keyOfText("fra1")], nyc1: [keyOfText("nyc1")] });
  };
  const [without, withMetrics] = [files({}), files({ metrics: "textfile" })];
  const units = (): readonly string[] =>
    host.calls().filter((call) => /^(swanctl|systemctl (?!show|is-active)).*/.test(call));

  test("turned on: systemd has the timer, and no daemon is touched", () => {
    host.apply(without);
    host.calls();
    expect(host.apply(withMetrics).stdout).toMatch(/"written":3,"removed":0,.*"actions":"units"/);
    expect(host.has("etc/systemd/system/fullmesh-metrics.timer")).toBe(true);
    expect(units()).toEqual(["systemctl daemon-reload"]);
    expect(host.drift()).toEqual(expect.not.arrayContaining([expect.stringContaining("metrics")]));
  });

  test("where systemd does not run the timer, a deploy starts it", () => {
    host.apply(withMetrics);
    host.stopTimers();
    host.calls();
    expect(host.apply(withMetrics).status).toBe(0);
    expect(units()).toContain("systemctl start fullmesh-metrics.timer");
  });

  test("taken away: the timer ends before its unit goes, and so does the file", () => {
    host.metrics("write", table(), says(fixture(fra1)));
    host.resetPrograms();
    host.apply(withMetrics);
    host.calls();
    expect(host.apply(without).stdout).toMatch(/"written":0,"removed":3,.*"actions":"units"/);
    expect(host.has(file)).toBe(false);
    expect(units()).toEqual([
      "systemctl --quiet disable --now fullmesh-metrics.timer",
      "systemctl stop fullmesh-metrics.service",
      "systemctl reset-failed fullmesh-metrics.service",
      "systemctl daemon-reload",
    ]);
  });

  test("what somebody changes of it is drift", () => {
    for (const record of ["secrets", "scripts"]) host.write(`var/lib/fullmesh/record/${record}`, "");
    host.apply(withMetrics);
    host.removeFile("etc/systemd/system/fullmesh-metrics.timer");
    expect(host.drift()).toEqual(["end", "missing /etc/systemd/system/fullmesh-metrics.timer"]);
  });
});

test("without a table, as where the setting is just being taken away, nothing is written", () => {
  expect(host.metrics("write", "", {}).status).toBe(0);
  expect(host.has(file)).toBe(false);
});
