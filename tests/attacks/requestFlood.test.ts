import { attacked, sshString, type Victim } from "./hostileHost";

/** A host sends SSH requests without end while a command runs, or before the login ends. ssh2 answers each one, and keeps what the host does not read. */
const [globalRequest, ignore, failure] = [80, 2, 82];
const withReply = Buffer.concat([Buffer.from([globalRequest]), sshString("x"), Buffer.from([1])]);
const nothing = Buffer.concat([Buffer.from([ignore]), sshString("x".repeat(1000))]);

const bulk = 1000;
/** What the kernel takes for the client does not count. */
const maxWaiting = 1024 * 1024;

function flood({ socket, send }: Victim, payload: Buffer, onSent: (packets: number) => void = () => undefined): void {
  const pump = (): void => {
    if (socket.destroyed) return;
    if (socket.writableLength < maxWaiting) {
      for (let packet = 0; packet < bulk; packet++) send(payload);
      onSent(bulk);
    }
    setImmediate(pump);
  };
  pump();
}

const lost = (why: RegExp) => ({
  cause: "lost",
  message: expect.stringMatching(new RegExp(`^fra1: .* broke: ${why.source}`)) as string,
});

test("requests whose answers are read end the connection", async () => {
  let answers = 0;
  const attack = attacked({
    onCommand: (victim) => {
      victim.socket.on("data", ({ length }: Buffer) => (answers += length));
      flood(victim, withReply);
    },
  });
  await expect(attack).rejects.toMatchObject(lost(/the host sent more than \d+ bytes that no command printed/));
  expect(answers).toBeLessThan(4 * maxWaiting);
});

test("requests whose answers are not read end the connection", async () => {
  let sent = 0;
  const attack = attacked({
    onCommand: (victim) => {
      victim.socket.removeAllListeners("data");
      victim.socket.pause();
      // So that the command counts as begun.
      victim.send(Buffer.from([failure]));
      flood(victim, withReply, (packets) => (sent += packets));
    },
  });
  await expect(attack).rejects.toMatchObject(lost(/the host (?:sent more|asks on and reads no answer)/));
  // Of some 40 bytes each, here and in the kernel.
  expect(sent * withReply.length).toBeLessThan(4 * maxWaiting);
});

test("so do packets that say nothing, before the login ends", async () => {
  const attack = attacked({
    onLogin: (victim) => {
      flood(victim, nothing);
    },
  });
  await expect(attack).rejects.toMatchObject({
    cause: expect.stringMatching(/^(handshake|lost|login-refused)$/) as string,
    message: expect.stringMatching(/the host sent more than \d+ bytes that no command printed/) as string,
  });
});

test("a host that prints much, in small pieces, and reads much, is heard to the end", async () => {
  const [piece, pieces] = ["a line of a listing\n", 50_000];
  const stdin = "x".repeat(3 * maxWaiting);
  let read = 0;
  const { status, stdout } = await attacked(
    {
      onCommand: (_, channel) => {
        channel.on("data", ({ length }: Buffer) => (read += length));
        channel.on("end", () => {
          for (let count = 0; count < pieces; count++) channel.write(piece);
          channel.exit(0);
          channel.end();
        });
      },
    },
    { stdin },
  );
  expect({ status, printed: stdout.length, read }).toEqual({
    status: 0,
    printed: piece.length * pieces,
    read: stdin.length,
  });
});
