import { expectNoLoss, SteadyPing } from "../steadyPing";
import { nodeNames, TestMesh, type NodeName } from "../testMesh";
import { say } from "../say";

/** Four nodes, of which fra1 is the canary: what harms its links goes no further. */
let mesh: TestMesh;
const others = nodeNames.filter((name) => name !== "fra1");

TestMesh.setUp("packaged", async (made) => {
  mesh = made;
  mesh.writeSettings({ canary: "first", wavePercent: 50 });
  writeNodes({});
  // An interface that is there, and leads nowhere.
  for (const name of nodeNames) await mesh.on(name, "ip link add dummy0 type dummy; ip link set dummy0 up");
});

/** All nodes, with more in each of their endpoints: what is done to one is done to all, as in a search and replace. */
function writeNodes(more: Readonly<Record<string, unknown>>): void {
  for (const name of nodeNames) {
    const endpoint = { serial: 0, family: "ip4", address: mesh.host(name).ip4, port: 4500, ...more };
    mesh.writeNode(name, { tags: name === "fra1" ? ["first"] : [], endpoints: [endpoint] });
  }
}

/** Lines `NODE CONNECTION ID` of the security associations between nodes. */
async function associations(nodes: readonly NodeName[]): Promise<readonly string[]> {
  const list = `swanctl --list-sas | sed -n 's/^\\(fm[^:_]*\\)[^:]*: #\\([0-9]*\\), ESTABLISHED.*/\\1 \\2/p' | sort`;
  const lines = await Promise.all(
    nodes.map(async (name) =>
      (await mesh.on(name, list))
        .trim()
        .split("\n")
        .map((line) => `${name} ${line}`),
    ),
  );
  return lines.flat().filter((line) => nodes.some((peer) => line.includes(`-${peer} `)));
}

function amongOthers() {
  const plan = mesh.plan();
  return { ...plan, nodes: plan.nodes.filter(({ name }) => name !== "fra1") };
}

async function bundles(nodes: readonly NodeName[]): Promise<readonly string[]> {
  return Promise.all(nodes.map((name) => mesh.on(name, "cd / && cat $(sort /var/lib/fullmesh/files) | sha256sum")));
}

const done = (output: string, what: string): number => output.indexOf(`command:remote:Command ${what}`);

test("up", async () => {
  const { status, seconds } = await mesh.run("up", "--yes", "--skip-preview");
  say(`first up, three waves of new nodes: ${seconds.toFixed(1)} s\n`);
  expect(status).toBe(0);
});

test("a good change goes from wave to wave, each begun when the links of the one before work, and no association is renewed", async () => {
  const before = await associations(nodeNames);
  expect(before).toHaveLength(12);
  writeNodes({ mtu: 1400 });
  const { status, output, seconds } = await mesh.run("up", "--yes", "--skip-preview");
  say(`a good change through three waves: ${seconds.toFixed(1)} s\n`);
  expect(status).toBe(0);
  expect(done(output, "fra1-apply updated")).toBeLessThan(done(output, "nyc1-apply updating"));
  expect(done(output, "nyc1-apply updated")).toBeLessThan(done(output, "sao1-apply updating"));
  expect(await associations(nodeNames)).toEqual(before);
});

test("nothing to do is no change, with waves and without", async () => {
  expect((await mesh.run("up", "--yes", "--skip-preview", "--expect-no-changes")).status).toBe(0);
  mesh.writeSettings({});
  expect((await mesh.run("up", "--yes", "--skip-preview", "--expect-no-changes")).status).toBe(0);
  mesh.writeSettings({ canary: "first", wavePercent: 50 });
});

test("a bad change is stopped at the canary: the error names its links, and the others are as they were and lose nothing", async () => {
  const before = await associations(others);
  const files = await bundles(others);
  writeNodes({ mtu: 1400, interface: "dummy0" });
  const ping = await SteadyPing.start(mesh.lab, amongOthers());
  const { status, output, seconds } = await mesh.run("up", "--yes", "--skip-preview");
  const losses = await ping.stop();
  say(`a bad change was stopped after ${seconds.toFixed(1)} s\n`);
  expect(status).not.toBe(0);
  expect(output).toMatch(/4 of 4 nodes failed/);
  for (const peer of others) expect(output).toMatch(new RegExp(`${peer} \\(fm[0-9a-f]+-${peer}\\) has no`));
  for (const name of others)
    expect(output).toMatch(new RegExp(`${name} \\(apply\\): left as it was, for the deploy was stopped at fra1`));
  expectNoLoss(losses, 12);
  expect(await associations(others)).toEqual(before);
  expect(await bundles(others)).toEqual(files);
});

test("git revert and up heal it, and touch nobody else", async () => {
  const before = await associations(others);
  writeNodes({ mtu: 1400 });
  const { status, output, seconds } = await mesh.run("up", "--yes", "--skip-preview");
  say(`taken back after ${seconds.toFixed(1)} s\n`);
  expect(status).toBe(0);
  for (const name of others) expect(output).not.toContain(`${name}-apply`);
  expect(await associations(others)).toEqual(before);
  const health = mesh.fullmesh("status", "--stack", "e2e");
  say(health.stdout);
  expect(health.status).toBe(0);
});
