import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { childDeployer } from "./childDeployer";
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

test("an agent that takes a question and never answers is named, and the program ends", async () => {
  const socket = join(folder, "agent.sock");
  agent.listen(socket);
  await once(agent, "listening");
  const host = await sshHost(keyPair().public, () => ({ status: 0 }));
  const knownHosts = `[127.0.0.1]:${host.port} ${host.hostKey}\n`;
  const auth = { kind: "agent", socket } as const;
  const { output, status } = await childDeployer({ node: nodeAt(host.port), auth, knownHosts, dialSeconds: 1 });
  host.close();
  expect(output).toContain(`fra1: the SSH agent at ${socket} did not answer within 1 s`);
  expect(status).toBe(0);
});
