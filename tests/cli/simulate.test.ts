import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectWith } from "../stack/project";

/** The commands `simulate`, `can` and `validate`, whole, on a star: two leaves at one hub. */
const root = join(__dirname, "..", "..");

const node = (id: number, tag: string): string =>
  `id: ${id}\norganization: acme\ntags: [${tag}]\nssh: {host: 192.0.2.${id}}\nendpoints: [{serial: 0, family: ip4, address: 192.0.2.${id}}]\n`;

const leaves = "leaves: [{ tag: leaf, hubs: [hub] }]\nallow: [{ from: hub, to: leaf, ports: [tcp/22] }]\n";

function star(policy = leaves, more: Readonly<Record<string, string>> = {}): string {
  return projectWith({
    "Pulumi.yaml": readFileSync(join(root, "Pulumi.yaml"), "utf8"),
    "Pulumi.dev.yaml": "config:\n  fullmesh:overlayIpv4: 10.66.0.0/16\n  fullmesh:overlayIpv6: fd66:66::/64\n",
    "nodes/dev/fra1.yaml": node(1, "hub"),
    "nodes/dev/nyc1.yaml": node(2, "leaf"),
    "nodes/dev/tyo1.yaml": node(3, "leaf"),
    "nodes/dev/_policy.yaml": policy,
    ...more,
  });
}

function fullmesh(folder: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "bin/fullmesh.js"), ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1" },
  });
  return { status, stdout, stderr };
}

/** What `status` would say of the star: `half` is one end of a link. */
const half = (end: string, connection: string, rttMs: number) => ({ node: end, connection, babel: { rttMs } });
const status = {
  version: 1,
  stack: "dev",
  observedAt: "2026-11-30T16:00:00.000Z\u001b[31m",
  links: [
    { verdict: "up", rttMs: 10, halves: [half("fra1", "fm200-nyc1", 10), half("nyc1", "fm100-fra1", 10)] },
    { verdict: "up", rttMs: 70, halves: [half("fra1", "fm300-tyo1", 70), half("tyo1", "fm100-fra1", 70)] },
  ],
};

test("the hub is named with those whom its loss parts, and with --from the paths", () => {
  const folder = star(leaves, { "status.json": JSON.stringify(status) });
  const { status: exit, stdout, stderr } = fullmesh(folder, "simulate", "--from", "status.json");
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
  expect(stdout).toContain(
    "failures that cut nodes off\n  node fra1: 1 pair cut off: nyc1 from tyo1\n  tag hub: 1 pair",
  );
  expect(stdout).toContain("without fra1 - tyo1: fra1 > tyo1 (70.0 ms, metric 1680) => no path\n");
  expect(stdout).not.toContain("\u001b");
  expect(stdout).toMatch(/^dev: 2 failures and 2 links cut nodes off \(3 nodes, 2 links, /m);
  const json: unknown = JSON.parse(fullmesh(folder, "simulate", "--json").stdout);
  expect(json).toMatchObject({
    version: 1,
    stack: "dev",
    oneWay: { count: 3 },
    cutEdges: [{ cutPairs: 2 }, { cutPairs: 2 }],
  });
});

test.each([
  ["no JSON", "<html>", "its last line is no JSON"],
  ["other JSON", "{}", "version: "],
  ["a bad number", JSON.stringify(status).replaceAll("70", '"fast"'), "links.1.rttMs: "],
  ["another stack's", JSON.stringify({ ...status, stack: "prod" }), "is of the stack prod, not of dev"],
])("--from refuses %s, exit status 2", (_, text, said) => {
  const { status: exit, stdout, stderr } = fullmesh(star(leaves, { bad: text }), "simulate", "--from", "bad");
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
  expect(stderr).toContain(said);
  expect(stderr).toContain("fix: write it anew: npx fullmesh status --stack dev --json >FILE");
});

test("can says yes or no by its exit status, and names the entry with its place", () => {
  const folder = star();
  expect(fullmesh(folder, "can", "fra1", "nyc1", "tcp/22")).toEqual({
    status: 0,
    stdout:
      "yes: tcp/22 from fra1 to nyc1: nodes/dev/_policy.yaml:2:9: allow[0] { from: hub, to: leaf, ports: [tcp/22] }\n",
    stderr: "",
  });
  expect(fullmesh(folder, "can", "nyc1", "fra1", "tcp/22")).toMatchObject({
    status: 1,
    stdout: "no: tcp/22 from nyc1 to fra1: no entry of `allow` accepts it: none is for the tags of fra1\n",
  });
  expect(fullmesh(folder, "can", "fra1", "nyc2")).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringContaining("did you mean nyc1?") as string,
  });
  expect(fullmesh(folder, "can", "fra1", "nyc1", "22")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("fix: write tcp/22 or udp/22") as string,
  });
});

test("validate refuses what the policy requires and is not so; simulate still shows it", () => {
  const folder = star(
    `${leaves}require: { survive: 1 }\ntests: [{ from: "tag:hub", accept: [nyc1:tcp/22], deny: [tyo1:tcp/22] }]\n`,
  );
  const { status: exit, stdout } = fullmesh(folder, "validate");
  expect(exit).toBe(1);
  expect(stdout).toContain(
    "_policy.yaml:3:21: the mesh must bear the loss of any one node, but without fra1 a pair is cut off: nyc1 from tyo1\n",
  );
  expect(stdout).toContain(
    "_policy.yaml:4:58: tcp/22 from fra1 to tyo1 must be denied, but is accepted: nodes/dev/_policy.yaml:2:9: allow[0] { from: hub, to: leaf, ports: [tcp/22] }\n",
  );
  expect(stdout).toContain("2 problems in stack dev\n");
  expect(fullmesh(folder, "simulate").status).toBe(0);
});
