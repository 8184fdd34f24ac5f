import { runOnHost } from "../../ssh/runOnHost";
import { SshPool } from "../../ssh/pool";
import { parseKnownHosts } from "../../ssh/knownHosts";
import type { SshNode } from "../../ssh/target";
import {
  accessWith,
  closedAfterEach,
  freePort,
  keyPair,
  sshHost,
  tcpHost,
  type Answer,
  type TestHost,
} from "./testHost";

const client = keyPair();
const says: Answer = (command) => ({ stdout: command, status: 0 });
const closing = closedAfterEach();

async function host(answer: Answer = says): Promise<TestHost> {
  return closing(await sshHost(client.public, answer));
}

/** A node that is reached through these, each of which it takes for a bastion. */
function nodeBehind(port: number, bastions: readonly { port: number }[], name = "fra1"): SshNode {
  const jump = bastions.map((bastion) => ({ host: "127.0.0.1", port: bastion.port, user: "jump" }));
  return { name, ssh: { host: "127.0.0.1", port, user: "root", jump } };
}

function access(known: readonly TestHost[], dialSeconds = 60) {
  const lines = known.map(({ port, hostKey }) => `[127.0.0.1]:${port} ${hostKey}\n`);
  return accessWith(client.private, parseKnownHosts(lines.join(""), "/home/op/.ssh/known_hosts"), dialSeconds);
}

const run = (node: SshNode, known: readonly TestHost[], dialSeconds?: number) =>
  runOnHost(node, access(known, dialSeconds), "true", { timeoutSeconds: 60 });

test("a node behind two bastions", async () => {
  const [first, second, node] = [await host(), await host(), await host()];
  expect(await run(nodeBehind(node.port, [first, second]), [first, second, node])).toMatchObject({ stdout: "true" });
  expect([first, second, node].map(({ logins }) => logins())).toEqual([1, 1, 1]);
});

test("nodes behind one bastion share a connection to it, which is made again when it broke", async () => {
  const bastion = await host();
  const nodes = [await host(), await host(), await host()];
  const pool = new SshPool(access([bastion, ...nodes]), 8);
  const runAll = () =>
    Promise.all(
      nodes.map(({ port }, index) =>
        pool.runAsRoot(nodeBehind(port, [bastion], `n${index}`), "true", { timeoutSeconds: 60 }),
      ),
    );
  expect(await runAll()).toHaveLength(3);
  expect(bastion.logins()).toBe(1);
  bastion.dropAll();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await runAll()).toHaveLength(3);
  expect(bastion.logins()).toBe(2);
  await pool.close();
});

test("one who is done with all nodes behind a bastion hangs up on it, too", async () => {
  const [bastion, node] = [await host(), await host()];
  const closed = new Promise((resolve) => {
    bastion.onceClosed(() => {
      resolve("closed");
    });
  });
  await run(nodeBehind(node.port, [bastion]), [bastion, node]);
  expect(await closed).toBe("closed");
});

test("host keys are checked at each", async () => {
  const [bastion, node] = [await host(), await host()];
  const behind = nodeBehind(node.port, [bastion]);
  await expect(run(behind, [node])).rejects.toMatchObject({
    cause: "host-key-unknown",
    message: expect.stringMatching(
      new RegExp(
        `^fra1: its bastion: /home/op/.ssh/known_hosts has no SSH host key of jump@127.0.0.1 port ${bastion.port}\\.`,
      ),
    ) as string,
  });
  await expect(run(behind, [bastion])).rejects.toMatchObject({
    cause: "host-key-unknown",
    message: expect.stringContaining(
      `ssh -p ${bastion.port} jump@127.0.0.1 ssh-keyscan -t ed25519 -p ${node.port} 127.0.0.1 >> /home/op/.ssh/known_hosts`,
    ) as string,
  });
  expect(node.logins()).toBe(0);
});

test("a bastion that refuses the connection, the second of two: it is named, with the field", async () => {
  const first = await host();
  const second = { port: await freePort() };
  await expect(run(nodeBehind(22, [first, second]), [first])).rejects.toMatchObject({
    cause: "unreachable",
    message: expect.stringMatching(
      new RegExp(
        `^fra1: its bastion jump@127.0.0.1 port ${first.port} cannot connect to jump@127.0.0.1 port ${second.port} \\(`,
      ),
    ) as string,
  });
  await expect(run(nodeBehind(22, [second]), [])).rejects.toMatchObject({
    cause: "refused",
    message: expect.stringMatching(
      /^fra1: its bastion: jump@127\.0\.0\.1 port \d+ refuses the connection[^]*ssh\.jump\[0\]\.port/,
    ) as string,
  });
});

test("a bastion that does not forward", async () => {
  const [bastion, node] = [await host(), await host()];
  bastion.forbidForwarding();
  await expect(run(nodeBehind(node.port, [bastion]), [bastion, node])).rejects.toMatchObject({
    cause: "unreachable",
    message: expect.stringMatching(
      /^fra1: its bastion jump@127\.0\.0\.1 port \d+ does not forward to root@[^]*AllowTcpForwarding/,
    ) as string,
  });
});

test("a mute host behind a bastion is given up in time, and the next one is worked on", async () => {
  const [bastion, node, mute] = [await host(), await host(), closing(await tcpHost())];
  await expect(run(nodeBehind(mute.port, [bastion]), [bastion], 1)).rejects.toMatchObject({
    cause: "mute",
    message: expect.stringMatching(
      /^fra1: root@127\.0\.0\.1 port \d+ via jump@127\.0\.0\.1 port \d+ accepts connections but does not speak SSH/,
    ) as string,
  });
  expect(await run(nodeBehind(node.port, [bastion]), [bastion, node])).toMatchObject({ stdout: "true" });
});

test("a login that the node refuses is not the bastion's fault", async () => {
  const [bastion, node] = [await host(), closing(await sshHost(keyPair().public, says))];
  await expect(run(nodeBehind(node.port, [bastion]), [bastion, node])).rejects.toMatchObject({
    cause: "login-refused",
    message: expect.stringMatching(/^fra1: root@127\.0\.0\.1 port \d+ via jump@/) as string,
  });
});
