import { createServer, type AddressInfo, type Server as TcpServer } from "node:net";
import { once } from "node:events";
import { probe } from "../../ssh/probe";
import { accessWith, keyPair, knownAt, nodeAt, openServer } from "./testHost";

/** What sshd does to some of many logins (MaxStartups): it hangs up before it says which protocol it speaks. */

const [client, hostKeys] = [keyPair(), keyPair()];
const hostKey = hostKeys.public.split(" ").slice(0, 2).join(" ");
let tcp: TcpServer | undefined;

afterEach(() => tcp?.close());

const ssh = openServer(hostKeys.private, () => ({ stdout: "0\n", status: 0 }));

/** A host that puts so many logins off. */
async function putsOff(logins: number, says: string) {
  let seen = 0;
  tcp = createServer((socket) => {
    socket.on("error", () => undefined);
    if (++seen <= logins) socket.end(says);
    else ssh.injectSocket(socket);
  }).listen(0, "127.0.0.1");
  await once(tcp, "listening");
  const { port } = tcp.address() as AddressInfo;
  return {
    result: (dialSeconds: number) =>
      probe(nodeAt(port), accessWith(client.private, knownAt(port, hostKey), dialSeconds)),
    seen: () => seen,
  };
}

test.each(["", "Exceeded MaxStartups\r\n"])("one that lets in who comes again; it says %j", async (says) => {
  const host = await putsOff(2, says);
  expect(await host.result(8)).toEqual({ ok: true });
  expect(host.seen()).toBe(3);
});

test("one that never lets in is given up: with what it says, and where that comes from", async () => {
  const host = await putsOff(Infinity, "Exceeded MaxStartups\r\n");
  expect(await host.result(1)).toMatchObject({
    cause: "handshake",
    message: expect.stringMatching(
      /^fra1: root@127\.0\.0\.1 port \d+ hung up before the SSH handshake, \d times in a row, saying "Exceeded MaxStartups"\.\n +fix: .*MaxStartups/,
    ) as string,
  });
});

test("one that refuses for a reason is not asked again", async () => {
  const host = await putsOff(Infinity, "Not allowed at this time\r\n");
  expect(await host.result(60)).toMatchObject({
    cause: "handshake",
    message: expect.stringContaining('saying "Not allowed at this time"') as string,
  });
  expect(host.seen()).toBe(1);
});
