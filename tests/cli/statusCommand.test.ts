import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StatusReport } from "../../cli/status/report";
import { series } from "../metrics/series";
import { fixture } from "../observe/threeNodes";
import { freePort, keyPair, sshHost, type TestHost } from "../ssh/testHost";

/** The whole command against SSH servers of this process, which answer with the fixtures of tests/observe. */
const launcher = join(__dirname, "..", "..", "bin", "fullmesh.js");

const client = keyPair();
const names = ["fra1", "nyc1", "tyo1"] as const;
const answers = new Map<string, () => string>(names.map((name) => [name, () => fixture(name)]));
const project = mkdtempSync(join(tmpdir(), "fullmesh-status-"));
const within = join(project, "nodes", "test");
let hosts: TestHost[] = [];
const commands: string[] = [];

beforeAll(async () => {
  hosts = await Promise.all(
    names.map((name) =>
      sshHost(client.public, (command, stdin) => {
        commands.push(`${command} < ${/^# observe:/m.exec(stdin)?.[0] ?? ""}`);
        return { stdout: answers.get(name)?.() ?? "", status: 0 };
      }),
    ),
  );
  mkdirSync(within, { recursive: true });
  writeFileSync(join(project, "key"), client.private, { mode: 0o600 });
  writeFileSync(
    join(project, "known_hosts"),
    hosts.map(({ port, hostKey }) => `[127.0.0.1]:${port} ${hostKey}\n`).join(""),
  );
  writeFileSync(join(project, "Pulumi.yaml"), projectFile);
  writeFileSync(join(project, "Pulumi.test.yaml"), stackFile("key"));
  for (const [index, name] of names.entries()) writeNode(name, index + 1, hosts[index]?.port ?? 0);
});

afterAll(() => {
  for (const host of hosts) host.close();
  rmSync(project, { recursive: true });
});

test("a healthy mesh: exit status 0, from any folder of the project, all with one command a node", async () => {
  const { status, stdout, stderr } = await fullmesh(["status", "--json"]);
  expect(stderr).toBe("");
  const report = JSON.parse(stdout) as StatusReport;
  expect(report).toMatchObject({ version: 1, stack: "test", healthy: true, counts: { nodes: 3, up: 3 } });
  expect(status).toBe(0);
  expect(commands.splice(0)).toEqual(Array(3).fill("sh -s < # observe:"));
});

test("--format prometheus: the same as metrics, with the exit status of the tables", async () => {
  const well = await fullmesh(["status", "--format", "prometheus"]);
  expect(well).toMatchObject({ status: 0, stderr: "" });
  const found = series(well.stdout);
  expect(found.get('fullmesh_mesh_healthy{stack="test"}')?.value).toBe(1);
  expect(found.get('fullmesh_link_up{node="fra1",peer="nyc1",interface="fm200-nyc1"}')?.value).toBe(1);
  expect(
    Math.abs((found.get('fullmesh_last_success_timestamp_seconds{node="fra1"}')?.value ?? 0) - Date.now() / 1000),
  ).toBeLessThan(300);
  writeNode("tyo1", 3, await freePort());
  const { status, stdout } = await fullmesh(["status", "--format", "prometheus"]);
  writeNode("tyo1", 3, hosts[2]?.port ?? 0);
  expect(series(stdout).get('fullmesh_node_up{node="tyo1"}')?.value).toBe(0);
  expect(status).toBe(1);
});

test("a node that was too busy to tell all in time is asked again, with more time, before it is called sick", async () => {
  commands.splice(0);
  const whole = fixture("fra1");
  const late = whole.replace(/(?<=^== sas\n)[^]*?(?=^== )/m, "\n-- swanctl: no answer within 5 s\n\n");
  expect(late).not.toBe(whole);
  const both = [late, whole];
  answers.set("fra1", () => both.shift() ?? "");
  const { status, stdout } = await fullmesh(["status", "--json"]);
  answers.set("fra1", () => whole);
  expect(JSON.parse(stdout)).toMatchObject({ healthy: true });
  expect(status).toBe(0);
  expect(commands.splice(0).sort()).toEqual(["sh -s 20 < # observe:", ...Array<string>(3).fill("sh -s < # observe:")]);
});

test("one node is away: exit status 1, and the others are shown", async () => {
  writeNode("tyo1", 3, await freePort());
  const { status, stdout } = await fullmesh(["status"]);
  writeNode("tyo1", 3, hosts[2]?.port ?? 0);
  expect(stdout).toMatch(/^fra1 +healthy/m);
  // This port is not in known_hosts, but nothing gets as far as that.
  expect(stdout).toMatch(/^tyo1 +unreachable +refused: root@127.0.0.1 port \d+/m);
  expect(stdout).not.toContain("\u001b");
  expect(status).toBe(1);
});

test("graph draws the mesh as planned without asking anybody, and with --live as it is", async () => {
  commands.splice(0);
  const planned = await fullmesh(["graph"]);
  expect(planned).toMatchObject({ status: 0, stderr: "" });
  expect(planned.stdout).toMatch(/^<svg [^]*<title id="title">test: 3 nodes, 3 links<[^]*<\/svg>\n$/);
  expect(commands).toEqual([]);
  writeNode("tyo1", 3, await freePort());
  const live = await fullmesh(["graph", "--live", "--format", "mermaid"]);
  writeNode("tyo1", 3, hosts[2]?.port ?? 0);
  expect(live).toMatchObject({ status: 0, stderr: "" });
  expect(live.stdout).toContain("accTitle: test: 3 of 3 links up, 2 of 3 nodes answer\n");
  expect(live.stdout).toContain('n_tyo1(["tyo1 (unreachable)"])\n');
  expect(commands.splice(0)).toEqual(Array(2).fill("sh -s < # observe:"));
});

test("--watch --json gives an object a line over one login, until it is interrupted", async () => {
  const before = hosts.map(({ logins }) => logins());
  const { status, stdout } = await fullmesh(["status", "--watch", "1", "--json"], 3);
  const lines = stdout.trim().split("\n");
  expect(lines).toHaveLength(3);
  expect(lines.every((line) => (JSON.parse(line) as StatusReport).healthy)).toBe(true);
  expect(hosts.map(({ logins }, index) => logins() - (before[index] ?? 0))).toEqual([1, 1, 1]);
  expect(status).toBe(0);
});

test.each([
  ["an unknown option", ["status", "--colour"], /unknown option '--colour'/],
  ["a bad interval", ["status", "--watch", "soon"], /whole number of seconds/],
  ["a bad format", ["graph", "--format", "png"], /Allowed choices are svg, mermaid, dot/],
  [
    "two formats",
    ["status", "--json", "--format", "prometheus"],
    /'--format <format>' cannot be used with option '--json'/,
  ],
  ["a format that there is not", ["status", "--format", "xml"], /Allowed choices are table, prometheus/],
  ["metrics again and again", ["status", "--format", "prometheus", "--watch"], /cannot be used with option '--watch'/],
  ["an unknown stack", ["status", "--stack", "prod"], /there is no Pulumi.prod.yaml/],
])("%s: exit status 2", async (_what, args, message) => {
  const { status, stdout, stderr } = await fullmesh(args);
  expect(stderr).toMatch(message);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
});

test("a bad registry and a missing key: exit status 2, with the reason", async () => {
  writeFileSync(join(within, "bad1.yaml"), "id: nine\n");
  const registry = await fullmesh(["status", "--json"]);
  rmSync(join(within, "bad1.yaml"));
  expect(registry).toMatchObject({ status: 2, stdout: "", stderr: expect.stringMatching(/bad1.yaml:1:/) as string });

  writeFileSync(join(project, "Pulumi.test.yaml"), stackFile("no-such-key"));
  const key = await fullmesh(["status"]);
  writeFileSync(join(project, "Pulumi.test.yaml"), stackFile("key"));
  expect(key).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(/cannot be read: ENOENT/) as string,
  });
});

const projectFile = `name: fullmesh
runtime: nodejs
config:
  fullmesh:registry: { type: string, default: "" }
  fullmesh:cipherProfile: { type: string, default: modern }
  fullmesh:cipherFloor: { type: integer, default: 128 }
  fullmesh:ikeProposals: { type: string, default: "" }
  fullmesh:espProposals: { type: string, default: "" }
  fullmesh:ppk: { type: string, default: none }
  fullmesh:babelProfile: { type: string, default: continental }
  fullmesh:organizations: { type: string, default: "" }
  fullmesh:parallelism: { type: integer, default: 16 }
  fullmesh:dialSeconds: { type: integer, default: 10 }
  fullmesh:canary: { type: string, default: "" }
  fullmesh:wavePercent: { type: integer, default: 50 }
  fullmesh:blastCapPercent: { type: integer, default: 50 }
  fullmesh:purgePackages: { type: boolean, default: false }
`;

function stackFile(key: string): string {
  return `config:
  fullmesh:overlayIpv4: 10.42.0.0/16
  fullmesh:overlayIpv6: fd42::/64
  fullmesh:knownHosts: known_hosts
  fullmesh:sshKey: ${key}
`;
}

function writeNode(name: string, id: number, port: number): void {
  const text = `id: ${id}
organization: lab
ssh: { host: 127.0.0.1, port: ${port}, user: root }
endpoints:
  - { serial: 0, family: ip4, address: 192.0.2.${10 + id}, port: 4500 }
`;
  writeFileSync(join(within, `${name}.yaml`), text);
}

/** Runs the CLI in a folder within the project; with `lines`, interrupts it after so many lines of output. */
function fullmesh(args: readonly string[], lines = Infinity) {
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [launcher, ...args], {
      cwd: within,
      stdio: ["ignore", "pipe", "pipe"],
      // As in continuous integration: a pipe gets no colours there either.
      env: { ...process.env, CI: "true" },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (part: Buffer) => {
      stdout += part.toString();
      if (stdout.split("\n").length > lines) child.kill("SIGINT");
    });
    child.stderr.on("data", (part: Buffer) => (stderr += part.toString()));
    child.on("error", reject);
    child.on("close", (status) => {
      resolve({ status, stdout, stderr });
    });
  });
}
