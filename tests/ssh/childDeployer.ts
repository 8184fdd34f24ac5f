import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { projectFolder, runsTypeScript } from "../../lab/scratchProject";
import type { SshAuth } from "../../ssh/auth";
import type { SshNode } from "../../ssh/target";

/** How it logs in. */
interface Login {
  readonly node: SshNode;
  readonly auth: SshAuth;
  /** Text of known_hosts. */
  readonly knownHosts: string;
  readonly dialSeconds?: number;
}

const inProject = (path: string): string => JSON.stringify(join(projectFolder, path));

const program = `
  const { runOnHost } = require(${inProject("ssh/runOnHost")});
  const { parseKnownHosts } = require(${inProject("ssh/knownHosts")});
  const { Bastions } = require(${inProject("ssh/bastions")});
  const { node, auth, knownHosts, dialSeconds = 60 } = JSON.parse(process.env.TEST_LOGIN);
  const access = { auth, knownHosts: parseKnownHosts(knownHosts, "known_hosts"), dialSeconds, bastions: new Bastions() };
  runOnHost(node, access, "true", { stdin: "x", timeoutSeconds: 60 }).then(
    ({ status }) => console.log("status " + status),
    ({ message }) => console.log(message),
  );
`;

/**
 * A deployer in a process of its own, which runs a command on a host: for hosts and agents that might keep it from ever ending. It is killed after half a minute.
 *
 * @returns what it printed, the command's status or why it failed; and its own exit status, null if it was killed
 */
export async function childDeployer(
  login: Login,
): Promise<{ readonly output: string; readonly status: number | null }> {
  const child = spawn(process.execPath, ["--require", runsTypeScript, "-e", program], {
    env: { ...process.env, TEST_LOGIN: JSON.stringify(login) },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 30_000,
    killSignal: "SIGKILL",
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  return { output, status };
}
