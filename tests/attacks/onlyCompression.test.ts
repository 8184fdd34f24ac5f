import { attacked } from "./hostileHost";

/** A host that offers no SSH but compressed, and hangs up during a command: ssh2 then threw an error that nobody could catch, and the program ended. */
test("a host without uncompressed SSH is refused, with what to do there", async () => {
  const attack = attacked({
    algorithms: { compress: ["zlib@openssh.com"] },
    onCommand: ({ socket }) => socket.destroy(),
  });
  await expect(attack).rejects.toMatchObject({
    cause: "handshake",
    message: expect.stringMatching(
      /^fra1: root@127\.0\.0\.1 port \d+ offers no SSH without compression.*\n {4}fix: .*`none`/,
    ) as string,
  });
});
