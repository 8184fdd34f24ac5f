import { dial } from "../../ssh/dial";
import { accessWith, keyPair, knownAt, nodeAt } from "../ssh/testHost";
import { attacked, hostileHost, sshString } from "./hostileHost";

/** A host goes on where the protocol has an end. What ssh2 makes of that must be that host's failure, and no error that nobody catches: that ends the program. */
const [channelExtendedData, channelEof] = [95, 96];

const payload = (type: number, ...parts: readonly Buffer[]): Buffer => Buffer.concat([Buffer.from([type]), ...parts]);
const number = (value: number): Buffer => Buffer.from([0, 0, 0, value]);

test("stderr after the end of all output ends the command's connection alone", async () => {
  const stderr = payload(channelExtendedData, number(0), number(1), sshString("x"));
  const attack = attacked({
    onCommand: ({ send, socket }) => {
      // At once: the client has the end before it has read to there.
      for (const part of [stderr, payload(channelEof, number(0)), stderr]) send(part);
      setTimeout(() => socket.destroy(), 100);
    },
  });
  await expect(attack).rejects.toMatchObject({ cause: "lost" });
});

test("a command on a connection that the host is ending fails as one that was lost", async () => {
  const host = await hostileHost({
    onCommand: (_, channel) => {
      channel.exit(0);
      channel.end();
    },
  });
  const connection = await dial(nodeAt(host.port), accessWith(keyPair().private, knownAt(host.port, host.hostKey)));
  await connection.run("true", { timeoutSeconds: 60 });
  // The client has ended its side, and nobody has told it yet that the connection is closed.
  (connection as unknown as { readonly stream: { readonly end: () => void } }).stream.end();
  await expect(connection.run("true", { timeoutSeconds: 60 })).rejects.toMatchObject({ cause: "lost" });
  connection.close();
  host.close();
});
