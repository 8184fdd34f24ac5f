/** ed25519 keys in OpenSSH's formats (PROTOCOL.key in OpenSSH's source, RFC 4253 section 6.6, RFC 8709). */
import { createPrivateKey, createPublicKey, randomBytes, type KeyObject } from "node:crypto";

/** DER before the 32 bytes of the seed in a PKCS#8 private key, and of the point in an SPKI public key (RFC 8410). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_PREFIX_LENGTH = 12;

const KEY_TYPE = "ssh-ed25519";
const BLOCK_BYTES = 8;
const PEM_LINE_CHARACTERS = 64;

/** The 32 bytes from which an ed25519 key is made. */
export function ed25519Seed(key: KeyObject): Buffer {
  return key.export({ type: "pkcs8", format: "der" }).subarray(PKCS8_PREFIX.length);
}

/** The key made from a seed. */
export function ed25519Key(seed: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), type: "pkcs8", format: "der" });
}

/** The public key of a seed as SSH sends it. */
export function opensshPublicBlob(seed: Buffer): Buffer {
  return Buffer.concat([sshString(KEY_TYPE), sshString(publicPoint(seed))]);
}

/** The public key as a line of authorized_keys without a comment or a newline. */
export function opensshPublicKey(seed: Buffer): string {
  return `${KEY_TYPE} ${opensshPublicBlob(seed).toString("base64")}`;
}

/** The private key as an unencrypted OPENSSH PRIVATE KEY file. */
export function opensshPrivateKey(seed: Buffer): string {
  const check = randomBytes(4);
  const unpadded = Buffer.concat([
    check,
    check,
    opensshPublicBlob(seed),
    sshString(Buffer.concat([seed, publicPoint(seed)])),
    sshString(""),
  ]);
  const padding = Uint8Array.from({ length: -unpadded.length & (BLOCK_BYTES - 1) }, (_, index) => index + 1);
  return pem(
    "OPENSSH PRIVATE KEY",
    Buffer.concat([
      Buffer.from("openssh-key-v1\0"),
      sshString("none"),
      sshString("none"),
      sshString(""),
      uint32(1),
      sshString(opensshPublicBlob(seed)),
      sshString(Buffer.concat([unpadded, padding])),
    ]),
  );
}

function publicPoint(seed: Buffer): Buffer {
  return createPublicKey(ed25519Key(seed)).export({ type: "spki", format: "der" }).subarray(SPKI_PREFIX_LENGTH);
}

function sshString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString("base64").match(new RegExp(`.{1,${PEM_LINE_CHARACTERS}}`, "g")) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
