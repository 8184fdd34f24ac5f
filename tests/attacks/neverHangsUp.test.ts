import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { childDeployer } from "../ssh/childDeployer";
import { keyPair, nodeAt, openServer } from "../ssh/testHost";

/** A host that answers as it should, and then keeps its half of the connection open for ever, in silence. */
const [client, host] = [keyPair(), keyPair()];
const sockets: Socket[] = [];

const ssh = openServer(host.private, () => ({ status: 0 }));

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

test("a program that is done with such a host ends", async () => {
  tcp.listen(0, "127.0.0.1");
  await once(tcp, "listening");
  const { port } = tcp.address() as AddressInfo;
  const hostKey = host.public.split(" ").slice(0, 2).join(" ");
  const { output, status } = await childDeployer({
    node: nodeAt(port),
    auth: { kind: "key", file: "id", privateKey: client.private },
    knownHosts: `[127.0.0.1]:${port} ${hostKey}\n`,
  });
  expect(output).toBe("status 0\n");
  expect(status).toBe(0);
});
