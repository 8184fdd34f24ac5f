/** How a remote.Command reaches its host, and what it says when it cannot. */
import { createServer, type Server } from "node:net";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { utils } from "ssh2";
import type { PropertyMap } from "../../lab/toolchain/standins/plugin/propertyValue";
import { urnOf, useProvider } from "./providerClient";
import { startSshHost, type SshHost } from "./sshHost";

const urn = urnOf("command:remote:Command", "apply");
const provider = useProvider("command");
const fromTls = generateKeyPairSync("ed25519");
const pkcs8 = fromTls.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const login = utils.generateKeyPairSync("ed25519", { passphrase: "opens", cipher: "aes256-ctr", rounds: 16 });
const stranger = utils.generateKeyPairSync("ed25519");
let host: SshHost;

beforeAll(async () => {
  host = await startSshHost({ authorizedKey: login.public, password: "right" });
});
afterAll(() => host.close());

async function run(connection: PropertyMap): Promise<PropertyMap> {
  const inputs = await provider().check(urn, {
    connection: { host: "127.0.0.1", port: host.port, dialErrorLimit: 0, ...connection },
    create: "echo done",
    logging: "none",
  });
  return (await provider().create(urn, inputs)).outputs;
}

test("by key with its password, and by password", async () => {
  const withKey = { privateKey: login.private, privateKeyPassword: "opens", hostKey: host.hostKey };
  expect(await run(withKey)).toMatchObject({ stdout: "done" });
  expect(await run({ password: "right", hostKey: host.hostKey })).toMatchObject({ stdout: "done" });
});

test("by a PKCS#8 key, as tls.PrivateKey makes them", async () => {
  const other = await startSshHost({ authorizedKey: opensshLine(fromTls.publicKey) });
  try {
    expect(await run({ privateKey: pkcs8, port: other.port })).toMatchObject({ stdout: "done" });
  } finally {
    await other.close();
  }
});

test("the connection is closed after the command", async () => {
  await run({ password: "right" });
  await host.idle();
});

test("a host key other than the expected one is refused, after all retries and without logging in", async () => {
  const before = host.dials();
  await expect(run({ password: "right", hostKey: stranger.public, dialErrorLimit: 2 })).rejects.toThrow(
    new Error("after 2 failed attempts: ssh: handshake failed: ssh: host key mismatch"),
  );
  expect(host.dials() - before).toBe(3);
});

test("a host whose RSA key is expected is asked for a signature with SHA-1, which sshd refuses", async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const hostKey = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  const other = await startSshHost({ password: "right", hostKey });
  try {
    await run({ password: "right", hostKey: other.hostKey, port: other.port });
    expect(other.signatures).toEqual(["ssh-rsa"]);
  } finally {
    await other.close();
  }
});

test("a wrong key, a wrong password", async () => {
  await expect(run({ privateKey: stranger.private })).rejects.toThrow(
    "ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain",
  );
  await expect(run({ password: "wrong" })).rejects.toThrow(
    "ssh: handshake failed: ssh: unable to authenticate, attempted methods [none password",
  );
});

test("a refused port is dialled 1 + dialErrorLimit times, and each retry is shown", async () => {
  const port = await refusedPort();
  provider().takeLog();
  const start = Date.now();
  await expect(run({ password: "right", port, dialErrorLimit: 2 })).rejects.toThrow(
    new Error(`after 2 failed attempts: dial tcp 127.0.0.1:${port}: connect: connection refused`),
  );
  expect(Date.now() - start).toBeGreaterThanOrEqual(100 + 150);
  expect(
    provider()
      .takeLog()
      .map(({ message }) => message),
  ).toEqual(["Dial 1/2 failed: retrying", "Dial 2/2 failed: retrying"]);
});

test("keys that cannot be read are told at once, and never quoted", async () => {
  const before = host.dials();
  await expect(run({ privateKey: "-----BEGIN NOTHING-----", dialErrorLimit: 10 })).rejects.toThrow(
    /^ssh: no key found(?!.*NOTHING)/,
  );
  await expect(run({ privateKey: login.private })).rejects.toThrow("ssh: this private key is passphrase protected");
  await expect(run({ password: "right", hostKey: "no key" })).rejects.toThrow("ssh: no key found");
  expect(host.dials()).toBe(before);
});

test("an SSH agent that is not there is an error, even when a key would do", async () => {
  await expect(run({ password: "right", agentSocketPath: "/nonexistent/agent" })).rejects.toThrow(
    "dial unix /nonexistent/agent: connect: no such file or directory",
  );
});

test("Cancel ends the retries", async () => {
  const port = await refusedPort();
  const dialling = run({ password: "right", port, dialErrorLimit: -1 });
  const ended = expect(dialling).rejects.toThrow("context canceled");
  await new Promise((resolve) => setTimeout(resolve, 500));
  await provider().cancel();
  await ended;
});

test("a proxy and unknown fields are refused in Check, without their values", async () => {
  const { failures } = await provider().tryCheck(urn, {
    connection: { host: "h", proxy: { host: "p" }, privatKey: "a secret" },
    create: 3,
    logging: "all",
  });
  expect(failures.sort()).toEqual([
    expect.stringMatching(/^connection\.privatKey: unrecognized property 'privatKey'; known are: host, /),
    expect.stringMatching(/^connection\.proxy: .*cannot dial through a proxy/),
    "create: expected a string value for property 'create'",
    "logging: logging must be one of stdout, stderr, stdoutAndStderr, none",
  ]);
  expect(failures.join()).not.toContain("a secret");
  expect((await provider().tryCheck(urn, { create: "true" })).failures).toEqual([
    "connection: missing required property 'connection'",
  ]);
});

/** A line of authorized_keys (RFC 8709). */
function opensshLine(publicKey: KeyObject): string {
  const point = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const field = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return `ssh-ed25519 ${Buffer.concat([field(Buffer.from("ssh-ed25519")), field(point)]).toString("base64")}`;
}

async function refusedPort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
