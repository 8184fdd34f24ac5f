import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { utils } from "ssh2";
import { isSecret, plainMap, UNKNOWN } from "../../lab/toolchain/standins/plugin/propertyValue";
import { providerVersion } from "../../lab/toolchain/versions";
import { urnOf, useProvider } from "./providerClient";

const urn = urnOf("tls:index/privateKey:PrivateKey", "key");
const provider = useProvider("tls");
const inputs = { algorithm: "ED25519" };

test("it is the version of the npm package, and adds nothing to the provider's inputs", async () => {
  expect(await provider().version()).toBe(providerVersion("tls"));
  expect(await provider().checkConfig({ version: "5.6.1" })).toEqual({ version: "5.6.1" });
});

test("Check leaves the inputs as they are: defaults are in the outputs only", async () => {
  expect(await provider().check(urn, inputs)).toEqual(inputs);
});

test("the state has the shape that the official provider writes", async () => {
  const { id, outputs } = await provider().create(urn, inputs);
  expect(Object.keys(outputs).sort()).toEqual([
    "__meta",
    "algorithm",
    "ecdsaCurve",
    "id",
    "privateKeyOpenssh",
    "privateKeyPem",
    "privateKeyPemPkcs8",
    "publicKeyFingerprintMd5",
    "publicKeyFingerprintSha256",
    "publicKeyOpenssh",
    "publicKeyPem",
    "rsaBits",
  ]);
  expect(outputs).toMatchObject({
    __meta: '{"schema_version":"1"}',
    algorithm: "ED25519",
    ecdsaCurve: "P224",
    rsaBits: 2048,
    id,
  });
  expect(Object.keys(outputs).filter((name) => isSecret(outputs[name]))).toEqual(
    expect.arrayContaining(["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"]),
  );
  expect(isSecret(outputs.publicKeyPem)).toBe(false);
});

test("all forms are of one key, and the id is the SHA-1 of its public half", async () => {
  const { id, outputs } = await provider().create(urn, inputs);
  const key = plainMap(outputs) as Record<string, string>;
  const privateKey = createPrivateKey(key.privateKeyPem ?? "");
  const publicKey = createPublicKey(key.publicKeyPem ?? "");
  const message = Buffer.from("message");
  expect(verify(null, message, publicKey, sign(null, message, privateKey))).toBe(true);
  expect(key.privateKeyPemPkcs8).toBe(key.privateKeyPem);
  expect(key.privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----\n[^]*\n-----END PRIVATE KEY-----\n$/);
  expect(id).toBe(
    createHash("sha1")
      .update(publicKey.export({ type: "spki", format: "der" }))
      .digest("hex"),
  );

  const openssh = utils.parseKey(key.privateKeyOpenssh ?? "");
  if (openssh instanceof Error) throw openssh;
  const blob = openssh.getPublicSSH();
  expect(openssh.type).toBe("ssh-ed25519");
  expect(key.publicKeyOpenssh).toBe(`ssh-ed25519 ${blob.toString("base64")}\n`);
  expect(verify(null, message, publicKey, openssh.sign(message))).toBe(true);
  expect(key.publicKeyFingerprintSha256).toBe(
    `SHA256:${createHash("sha256").update(blob).digest("base64").replace("=", "")}`,
  );
  expect(key.publicKeyFingerprintMd5).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
});

test("two keys are not the same", async () => {
  const [one, other] = [await provider().create(urn, inputs), await provider().create(urn, inputs)];
  expect(one.id).not.toBe(other.id);
});

test("a preview knows the defaults and no more", async () => {
  const { id, outputs } = await provider().create(urn, inputs, true);
  expect(id).toBe("");
  expect(outputs).toMatchObject({ algorithm: "ED25519", ecdsaCurve: "P224", rsaBits: 2048, publicKeyPem: UNKNOWN });
});

test("an input that says what is so anyway changes nothing; a changed one replaces", async () => {
  expect(await provider().diff(urn, inputs, { ...inputs, rsaBits: 2048 })).toMatchObject({ changed: false });
  expect(await provider().diff(urn, inputs, { algorithm: "RSA" })).toEqual({
    changed: true,
    paths: { algorithm: "update-replace" },
    replaces: ["algorithm"],
  });
});

test("state of the official provider, with what newer bridges add, is read back as it is", async () => {
  const state = { ...inputs, id: "abc", __pulumi_raw_state_delta: { obj: {} } };
  expect(await provider().read(urn, "abc", state, inputs)).toEqual(state);
  expect(await provider().diff(urn, inputs, inputs, state)).toMatchObject({ changed: false });
});

test("other algorithms are refused, and said to be the stand-in's limit", async () => {
  const { failures } = await provider().tryCheck(urn, { algorithm: "RSA" });
  expect(failures).toEqual([expect.stringContaining("stand-in")]);
});
