import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { LoopbackHosts } from "../../lab/loopbackHosts";
import { projectFolder, ScratchProject } from "../../lab/scratchProject";

/** A pull request lets n1 be deployed to the host of n2, by another name of it, so that n2 gets the private key of n1 (for a deploy: tests/engine/hostAlias). */
const project = new ScratchProject("test");
let hosts: LoopbackHosts;

beforeAll(async () => {
  hosts = await LoopbackHosts.start(2);
  const [, port = 0] = hosts.ports;
  writeFileSync(join(project.folder, "known_hosts"), hosts.knownHosts.replace(/^\[127.*$/gm, withLocalhost));
  writeFileSync(join(project.folder, "id"), hosts.loginKey, { mode: 0o600 });
  writeFileSync(join(project.folder, "Pulumi.test.yaml"), "config: {}\n");
  const overlay = { overlayIpv4: "10.44.0.0/16", overlayIpv6: "fd44::/48" };
  project.writeSettings({ ...overlay, knownHosts: "known_hosts", sshKey: "id" });
  for (const [index, host] of ["localhost", "127.0.0.1"].entries()) {
    project.writeNode(`n${index + 1}`, {
      id: index + 1,
      organization: "lab",
      ssh: { host, port },
      endpoints: [{ serial: 0, family: "ip4", address: `192.0.2.${index + 1}` }],
    });
  }
});

afterAll(() => {
  hosts.stop();
  project.remove();
});

/** As in a file that people log in to both names with. */
function withLocalhost(line: string): string {
  return `${line}\n${line.replace("127.0.0.1", "localhost")}`;
}

test("both nodes are named with their files, and nobody logs in", async () => {
  const child = spawn(process.execPath, [join(projectFolder, "bin", "fullmesh.js"), "preflight"], {
    cwd: project.folder,
    env: { ...process.env, PULUMI_STACK: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  expect(await once(child, "close")).toEqual([1, null]);
  expect(stdout).toMatch(
    /^\S*n2\.yaml:1:1: n1 \(\S*n1\.yaml, root@localhost port \d+\) and n2 \(\S*n2\.yaml, root@127\.0\.0\.1 port \d+\) have the same SSH host key/,
  );
  expect(stdout).toMatch(/\(\S*known_hosts, lines 3 and 4\).*\n {4}fix: .*ssh\.host.*ssh_host_/);
  expect(hosts.logins(1)).toBe(0);
});
