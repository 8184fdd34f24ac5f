import { runOnHost } from "../../ssh/runOnHost";
import { probe } from "../../ssh/probe";
import { accessWith, keyPair, knownAt, nodeAt, sshHost, type TestHost } from "./testHost";

/** A host whose forced command prints something and does not end. */
const client = keyPair();
const advice = 'Please login as the user "debian" rather than the user "root".';
let host: TestHost;

async function start(stdout: string) {
  host = await sshHost(client.public, () => ({ stdout, status: "never" }));
  return accessWith(client.private, knownAt(host.port, host.hostKey));
}

afterEach(() => {
  host.close();
});

test("one that advises another user is believed at once, at a probe and at any command", async () => {
  const access = await start(`${advice}\n\n`);
  const message = expect.stringMatching(
    /^fra1: root@127\.0\.0\.1 port \d+ runs no command and says: Please login as the user "debian" rather than the user "root"\.\n +fix: ssh\.user .*`user: debian`/,
  ) as string;
  expect(await probe(nodeAt(host.port), access)).toMatchObject({ cause: "login-refused", message });
  await expect(runOnHost(nodeAt(host.port), access, "sh -s", { timeoutSeconds: 600 })).rejects.toMatchObject({
    cause: "login-refused",
    message,
  });
});

test("what any other printed is told when its time is up", async () => {
  const access = await start("Closed for maintenance,\nuntil Monday\n");
  await expect(runOnHost(nodeAt(host.port), access, "true", { timeoutSeconds: 1 })).rejects.toMatchObject({
    cause: "timeout",
    message: expect.stringMatching(
      /no end of `true` after 1 s on .*, which printed: Closed for maintenance, until Monday$/,
    ) as string,
  });
});
