import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder, runsTypeScript } from "../../lab/scratchProject";
import { keyPair, nodeAt, sshHost } from "./testHost";

const folder = mkdtempSync(join(tmpdir(), "fullmesh-agent-"));
const sockets: Socket[] = [];
const agent = createServer((socket) => {
  sockets.push(socket);
  socket.on("error", () => undefined);
  socket.resume();
});

afterAll(() => {
  for (const socket of sockets) socket.destroy();
  agent.close();
  rmSync(folder, { recursive: true });
});

const program = `
  const { runOnHost } = require(${JSON.stringify(join(projectFolder, "ssh", "runOnHost"))});
  const { parseKnownHosts } = require(${JSON.stringify(join(projectFolder, "ssh", "knownHosts"))});
  const { Bastions } = require(${JSON.stringify(join(projectFolder, "ssh", "bastions"))});
  const { node, knownHosts, socket } = JSON.parse(process.env.TEST_LOGIN);
  const access = {
    auth: { kind: "agent", socket },
    knownHosts: parseKnownHosts(knownHosts, "known_hosts"),
    dialSeconds: 1,
    bastions: new Bastions(),
  };
  runOnHost(node, access, "true", { timeoutSeconds: 60 }).catch((error) => {
    console.log(error.message);
  });
`;

test("an agent that takes a question and never answers is named, and the program ends", async () => {
  const socket = join(folder, "agent.sock");
  agent.listen(socket);
  await once(agent, "listening");
  const host = await sshHost(keyPair().public, () => ({ status: 0 }));
  const knownHosts = `[127.0.0.1]:${host.port} ${host.hostKey}\n`;
  const child = spawn(process.execPath, ["--require", runsTypeScript, "-e", program], {
    env: { ...process.env, TEST_LOGIN: JSON.stringify({ node: nodeAt(host.port), knownHosts, socket }) },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 60_000,
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  host.close();
  expect(output).toContain(`fra1: the SSH agent at ${socket} did not answer within 1 s`);
  expect(status).toBe(0);
});
