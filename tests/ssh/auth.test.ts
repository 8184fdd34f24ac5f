import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { utils } from "ssh2";
import { describeAuth, authOf } from "../../ssh/auth";
import { keyPair } from "./testHost";

const folder = mkdtempSync(join(tmpdir(), "fullmesh-auth-"));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return { kind: "keyFile", file: join(folder, name) } as const;
};

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("a key file", async () => {
  const key = keyPair();
  const auth = await authOf(file("key", key.private));
  expect(auth).toEqual({ kind: "key", file: join(folder, "key"), privateKey: key.private });
  expect(describeAuth(auth)).toBe(`the key ${join(folder, "key")}`);
});

test("no key file means the agent", async () => {
  expect(await authOf({ kind: "agent" }, "/run/agent.sock")).toEqual({ kind: "agent", socket: "/run/agent.sock" });
});

test.each([
  ["a key with a passphrase", () => locked(), /has a passphrase[^]*ssh-add/],
  [
    "a public key without an agent",
    () => file("key.pub", keyPair().public),
    /is a public key, whose.*\n +fix: .*ssh-add/,
  ],
  ["a key in PKCS#8", () => file("pkcs8", pkcs8()), /is in PKCS#8[^]*fix: ssh-keygen -p -f /],
  ["something else", () => file("other", "hello"), /is not an SSH private key/],
  ["no file", () => ({ kind: "keyFile", file: join(folder, "absent") }) as const, /cannot be read: ENOENT/],
  ["neither key nor agent", () => ({ kind: "agent" }) as const, /fullmesh:sshKey is empty and no agent/],
])("%s", async (_what, make, message) => {
  await expect(authOf(make(), "")).rejects.toMatchObject({
    cause: "no-login-key",
    message: expect.stringMatching(message) as string,
  });
});

function pkcs8() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function locked() {
  const options = { passphrase: "secret", cipher: "aes256-cbc", rounds: 4 };
  return file("locked", utils.generateKeyPairSync("ed25519", options).private);
}
