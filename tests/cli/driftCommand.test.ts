import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DriftReport } from "../../cli/drift/render";
import { LoopbackHosts } from "../../lab/loopbackHosts";
import { projectFolder, ScratchProject } from "../../lab/scratchProject";

/** The whole command against SSH servers of this process, which say what drifted. */
const names = ["fra1", "nyc1"] as const;
const project = new ScratchProject("test");
let hosts: LoopbackHosts;

beforeAll(async () => {
  hosts = await LoopbackHosts.start(names.length);
  writeFileSync(join(project.folder, "known_hosts"), hosts.knownHosts);
  writeFileSync(join(project.folder, "id"), hosts.loginKey, { mode: 0o600 });
  writeFileSync(join(project.folder, "Pulumi.test.yaml"), "config: {}\n");
  project.writeSettings({
    overlayIpv4: "10.44.0.0/16",
    overlayIpv6: "fd44::/48",
    knownHosts: "known_hosts",
    sshKey: "id",
    dialSeconds: 20,
  });
  for (const [index, name] of names.entries()) {
    project.writeNode(name, {
      id: index + 1,
      organization: "lab",
      ssh: { host: "127.0.0.1", port: hosts.ports[index] },
      endpoints: [{ serial: 0, family: "ip4", address: `192.0.2.${index + 1}` }],
    });
  }
});

afterAll(() => {
  hosts.stop();
  project.remove();
});

function drift(...args: readonly string[]): Promise<{ readonly status: number | null; readonly stdout: string }> {
  const child = spawn(process.execPath, [join(projectFolder, "bin", "fullmesh.js"), "drift", ...args], {
    cwd: project.folder,
    env: { ...process.env, PULUMI_STACK: "" },
  });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  return new Promise((resolve) => {
    child.once("close", (status) => {
      resolve({ status, stdout });
    });
  });
}

test("nodes as the last deploy left them: exit status 0, though somebody has a connection of his own on one", async () => {
  hosts.drift(0, ["foreign-connection hand-made"]);
  expect(await drift()).toEqual({
    status: 0,
    stdout: "fra1: foreign connection hand-made (left alone)\ntest: in sync (2 in sync)\n",
  });
});

test("drift: exit status 2, a line for each thing", async () => {
  hosts.drift(1, ["changed /etc/fullmesh/babeld.conf", "unloaded fm100-fra1"]);
  const { status, stdout } = await drift();
  expect(stdout).toBe(
    [
      "fra1: foreign connection hand-made (left alone)",
      "nyc1: /etc/fullmesh/babeld.conf was changed",
      "nyc1: charon has not loaded fm100-fra1",
      "test: not in sync (1 drifted, 1 in sync)\n",
    ].join("\n"),
  );
  expect(status).toBe(2);
});

test("--json gives an object", async () => {
  const { status, stdout } = await drift("--json");
  expect(JSON.parse(stdout) as DriftReport).toMatchObject({
    version: 1,
    stack: "test",
    inSync: false,
    nodes: [
      { name: "fra1", state: "in-sync" },
      { name: "nyc1", state: "drifted" },
    ],
  });
  expect(status).toBe(2);
});

test("wrong usage and a stack that is none: exit status 3, which is neither", async () => {
  expect((await drift("--yes")).status).toBe(3);
  expect((await drift("--stack", "none")).status).toBe(3);
  expect((await drift("--help")).status).toBe(0);
});

test("a node that does not answer is unknown: exit status 2", async () => {
  hosts.drift(1, []);
  await hosts.mute(1);
  const { status, stdout } = await drift();
  expect(stdout).toMatch(/^nyc1: unknown: root@127\.0\.0\.1 port \d+ accepts connections but does not speak SSH/m);
  expect(stdout).toMatch(/^test: not in sync \(1 unknown, 1 in sync\)$/m);
  expect(status).toBe(2);
});
