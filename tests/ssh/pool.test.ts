import { SshPool } from "../../ssh/pool";
import { accessWith, keyPair, knownAt, nodeAt, sshHost, tcpHost, type Answer, type TestHost } from "./testHost";

const client = keyPair();
let host: TestHost | undefined;
let pool: SshPool | undefined;

async function start(answer: Answer, parallelism = 4) {
  host = await sshHost(client.public, answer);
  pool = new SshPool(accessWith(client.private, knownAt(host.port, host.hostKey)), parallelism);
  return { host, pool, node: nodeAt(host.port) };
}

afterEach(async () => {
  await pool?.close();
  host?.close();
});

test("commands on one node share one login, also those begun at once", async () => {
  const { host, pool, node } = await start((command, stdin) => ({ stdout: `${command}<${stdin}`, status: 0 }));
  const run = (command: string) => pool.runAsRoot(node, command, { stdin: "in", timeoutSeconds: 60 });
  const results = await Promise.all([run("one"), run("two")]);
  results.push(await run("three"));
  expect(results.map(({ stdout }) => stdout)).toEqual(["one<in", "two<in", "three<in"]);
  expect(host.logins()).toBe(1);
});

test("a broken connection is dialled anew", async () => {
  const { host, pool, node } = await start(() => ({ status: 0 }));
  await pool.runAsRoot(node, "true", { timeoutSeconds: 60 });
  host.dropAll();
  await new Promise((resolve) => setTimeout(resolve, 100));
  await pool.runAsRoot(node, "true", { timeoutSeconds: 60 });
  expect(host.logins()).toBe(2);
});

test("a command that does not end is given up, and the next one gets a new connection", async () => {
  const { pool, node } = await start((command) => (command === "hang" ? undefined : { status: 3 }));
  await expect(pool.runAsRoot(node, "hang", { timeoutSeconds: 0.3 })).rejects.toMatchObject({ cause: "timeout" });
  expect((await pool.runAsRoot(node, "exit 3", { timeoutSeconds: 60 })).status).toBe(3);
});

test("closing gives up a dial to a mute host at once", async () => {
  const mute = await tcpHost();
  pool = new SshPool(accessWith(client.private, knownAt(mute.port, client.public), 30), 4);
  const running = pool.runAsRoot(nodeAt(mute.port), "true", { timeoutSeconds: 60 });
  const outcome = expect(running).rejects.toMatchObject({ cause: "lost" });
  await pool.close();
  await outcome;
  mute.close();
});
