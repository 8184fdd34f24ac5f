import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { Server } from "ssh2";
import { projectFolder, runsTypeScript } from "../../lab/scratchProject";
import { accessWith, keyPair, knownAt, nodeAt } from "../ssh/testHost";

/** A host that answers as it should, and then keeps its half of the connection open for ever, in silence. */
const [client, host] = [keyPair(), keyPair()];
const sockets: Socket[] = [];

const ssh = new Server({ hostKeys: [host.private] }, (connection) => {
  connection.on("error", () => undefined);
  connection.on("authentication", (context) => {
    context.accept();
  });
  connection.on("session", (accept) => {
    accept().on("exec", (acceptExec) => {
      const channel = acceptExec();
      channel.exit(0);
      channel.end();
    });
  });
});

const tcp = createServer({ allowHalfOpen: true }, (socket) => {
  sockets.push(socket);
  socket.on("error", () => undefined);
  // Else ssh2 would hang up in turn.
  socket.end = () => socket;
  ssh.injectSocket(socket);
});

afterAll(() => {
  for (const socket of sockets) socket.destroy();
  tcp.close();
});

const program = `
  const { node, access } = JSON.parse(process.env.TEST_ACCESS);
  const { runOnHost } = require(${JSON.stringify(join(projectFolder, "ssh", "runOnHost"))});
  const { parseKnownHosts } = require(${JSON.stringify(join(projectFolder, "ssh", "knownHosts"))});
  const known = parseKnownHosts(process.env.TEST_KNOWN_HOSTS, "known_hosts");
  const { Bastions } = require(${JSON.stringify(join(projectFolder, "ssh", "bastions"))});
  runOnHost(node, { ...access, knownHosts: known, bastions: new Bastions() }, "true", { timeoutSeconds: 60 }).then(({ status }) => {
    console.log("status " + status);
  });
`;

test("a program that is done with such a host ends", async () => {
  tcp.listen(0, "127.0.0.1");
  await once(tcp, "listening");
  const { port } = tcp.address() as AddressInfo;
  const hostKey = host.public.split(" ").slice(0, 2).join(" ");
  const child = spawn(process.execPath, ["--require", runsTypeScript, "-e", program], {
    env: {
      ...process.env,
      TEST_ACCESS: JSON.stringify({ node: nodeAt(port), access: accessWith(client.private, knownAt(port, hostKey)) }),
      TEST_KNOWN_HOSTS: `[127.0.0.1]:${port} ${hostKey}\n`,
    },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 30_000,
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  expect(output).toBe("status 0\n");
  expect(status).toBe(0);
});
