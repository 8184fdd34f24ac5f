import { createHash } from "node:crypto";
import type { PublicKey } from "../registry/publicKey";

/** An ed25519 key is the last 32 bytes of its SubjectPublicKeyInfo (RFC 8410). */
const keyBytes = 32;

/** SHA-256 fingerprint of an ed25519 public key in OpenSSH's form, as tls.PrivateKey has it: of the key in OpenSSH's wire format (RFC 8709). */
export function fingerprint(publicKey: PublicKey): string {
  const key = Buffer.from(publicKey, "base64").subarray(-keyBytes);
  const digest = createHash("sha256")
    .update(field(Buffer.from("ssh-ed25519")))
    .update(field(key));
  return `SHA256:${digest.digest("base64").replace(/=+$/, "")}`;
}

/** A string of RFC 4251: its length, and itself. */
function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
