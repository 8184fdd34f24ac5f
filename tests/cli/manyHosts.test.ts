import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { LoopbackHosts } from "../../lab/loopbackHosts";
import { ScratchProject } from "../../lab/scratchProject";

/** Commands that ask all hosts of a large mesh: a computer with much to do blames no host for it, and says nothing of itself. */

const count = 100;
const stack = "many";
let hosts: LoopbackHosts;
let project: ScratchProject;

beforeAll(async () => {
  hosts = await LoopbackHosts.start(count);
  project = new ScratchProject(stack);
  writeFileSync(join(project.folder, "known_hosts"), hosts.knownHosts);
  writeFileSync(join(project.folder, "id"), hosts.loginKey, { mode: 0o600 });
  const settings = {
    "fullmesh:overlayIpv4": "10.44.0.0/16",
    "fullmesh:overlayIpv6": "fd44::/48",
    "fullmesh:knownHosts": "known_hosts",
    "fullmesh:sshKey": "id",
    "fullmesh:parallelism": 64,
    "fullmesh:dialSeconds": 5,
  };
  writeFileSync(project.stackFile, stringify({ config: settings }));
  hosts.ports.forEach((port, index) => {
    project.writeNode(`n${index + 1}`, {
      id: index + 1,
      organization: "many",
      ssh: { host: "127.0.0.1", port },
      endpoints: [{ serial: 0, family: "ip4", address: `198.18.0.${index + 1}` }],
    });
  });
});

afterAll(() => {
  hosts.stop();
  project.remove();
});

async function fullmesh(...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [join(project.folder, "bin", "fullmesh.js"), ...args, "--stack", stack], {
    cwd: project.folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, "close");
  return { stdout, stderr };
}

test("preflight", async () => {
  const { stdout, stderr } = await fullmesh("preflight");
  expect(stderr).toBe("");
  expect(stdout.match(/^n\d+: fit$/gm)).toHaveLength(count);
});

test("status", async () => {
  const { stdout, stderr } = await fullmesh("status", "--json");
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toMatchObject({ counts: { nodes: count, answeringNodes: count } });
});

test("drift", async () => {
  const { stdout, stderr } = await fullmesh("drift");
  expect(stderr).toBe("");
  expect(stdout).toContain(`${count} in sync`);
});
