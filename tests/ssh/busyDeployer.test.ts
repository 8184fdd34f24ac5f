import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { projectFolder, runsTypeScript } from "../../lab/scratchProject";
import { dial } from "../../ssh/dial";
import { accessWith, keyPair, knownAt, nodeAt } from "./testHost";

/** A deployer whose one thread is busy hears no host, however fast that answers: this is not the host's fault. The host is a process of its own, so that it goes on. */

const client = keyPair();
let host: ChildProcess;
let port: number;
let hostKey: string;

const program = `
  const { sshHost } = require(${JSON.stringify(join(projectFolder, "tests", "ssh", "testHost"))});
  sshHost(process.env.TEST_CLIENT_KEY, () => ({ status: 0 })).then(({ port, hostKey }) => {
    console.log(JSON.stringify({ port, hostKey }));
  });
`;

beforeAll(async () => {
  host = spawn(process.execPath, ["--require", runsTypeScript, "-e", program], {
    env: { ...process.env, TEST_CLIENT_KEY: client.public },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (host.stdout === null) throw new Error("no stdout");
  const [line] = (await once(host.stdout, "data")) as [Buffer];
  ({ port, hostKey } = JSON.parse(line.toString()) as { port: number; hostKey: string });
});

afterAll(() => {
  host.kill();
});

/** Keeps this thread from everything else. */
function block(seconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
}

test("a login while the deployer is busy four times as long as a host may take", async () => {
  const dialled = dial(nodeAt(port), accessWith(client.private, knownAt(port, hostKey), 5));
  setImmediate(block, 20);
  (await dialled).close();
});

test("a command while the deployer is busy four times as long as a host may take", async () => {
  const connection = await dial(nodeAt(port), accessWith(client.private, knownAt(port, hostKey)));
  const ran = connection.run("true", { timeoutSeconds: 1 });
  setImmediate(block, 4);
  expect(await ran).toMatchObject({ status: 0 });
  connection.close();
});
