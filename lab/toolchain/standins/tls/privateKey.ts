import { createHash, createPublicKey, randomBytes } from "node:crypto";
import { bridgedResource } from "../plugin/bridged";
import { ed25519Key, opensshPrivateKey, opensshPublicBlob, opensshPublicKey } from "./openssh";

const SEED_BYTES = 32;

/** `tls:index/privateKey:PrivateKey`, for ED25519 only. */
export const privateKey = bridgedResource({
  schemaVersion: 1,
  // The official provider fills these in for every algorithm.
  defaults: () => ({ ecdsaCurve: "P224", rsaBits: 2048 }),
  outputs: [
    "privateKeyOpenssh",
    "privateKeyPem",
    "privateKeyPemPkcs8",
    "publicKeyFingerprintMd5",
    "publicKeyFingerprintSha256",
    "publicKeyOpenssh",
    "publicKeyPem",
  ],
  secretOutputs: ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"],

  failures({ algorithm }) {
    if (algorithm === undefined || algorithm === "ED25519") return [];
    const reason = `this stand-in for the official tls provider makes ED25519 keys only, not ${JSON.stringify(algorithm)}`;
    return [{ property: "algorithm", reason }];
  },

  make() {
    const seed = randomBytes(SEED_BYTES);
    const key = ed25519Key(seed);
    const publicKey = createPublicKey(key);
    const pkcs8 = key.export({ type: "pkcs8", format: "pem" }).toString();
    const publicBlob = opensshPublicBlob(seed);
    return {
      id: createHash("sha1")
        .update(publicKey.export({ type: "spki", format: "der" }))
        .digest("hex"),
      outputs: {
        privateKeyOpenssh: opensshPrivateKey(seed),
        // ED25519 has no older format: both are PKCS#8.
        privateKeyPem: pkcs8,
        privateKeyPemPkcs8: pkcs8,
        publicKeyFingerprintMd5: colons(createHash("md5").update(publicBlob).digest("hex")),
        publicKeyFingerprintSha256: `SHA256:${createHash("sha256").update(publicBlob).digest("base64").replace(/=+$/, "")}`,
        publicKeyOpenssh: `${opensshPublicKey(seed)}\n`,
        publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
      },
    };
  },
});

function colons(hex: string): string {
  return (hex.match(/../g) ?? []).join(":");
}
