import { createHash } from "node:crypto";
import type { ServerHostKeyAlgorithm } from "ssh2";

/** A host's public key, as in known_hosts. */
export interface HostKey {
  /** As in "ssh-ed25519": the key's own type, not the name of a signature algorithm. */
  readonly type: string;
  /** The key's wire form (RFC 4253 section 6.6). */
  readonly base64: string;
}

/** `type base64`: how known_hosts writes a key. */
export function formatHostKey(key: HostKey): string {
  return `${key.type} ${key.base64}`;
}

/** A key from its wire form, which begins with its type as a counted string. */
export function hostKeyFromWire(wire: Buffer): HostKey {
  const length = wire.length >= 4 ? wire.readUInt32BE(0) : 0;
  return { type: wire.subarray(4, 4 + length).toString("latin1"), base64: wire.toString("base64") };
}

/** Fingerprint in OpenSSH's notation, `SHA256:` and unpadded base64: what `ssh-keygen -lf` and ssh itself show. */
export function fingerprint(key: HostKey): string {
  const digest = createHash("sha256").update(Buffer.from(key.base64, "base64")).digest("base64");
  return `SHA256:${digest.replace(/=+$/, "")}`;
}

/** Key types in the order we like them, with the signature algorithms that go with each: of RSA without SHA-1, which OpenSSH has refused since 8.8. */
const algorithmsByType: readonly (readonly [type: string, algorithms: readonly ServerHostKeyAlgorithm[]])[] = [
  ["ssh-ed25519", ["ssh-ed25519"]],
  ["ecdsa-sha2-nistp256", ["ecdsa-sha2-nistp256"]],
  ["ecdsa-sha2-nistp384", ["ecdsa-sha2-nistp384"]],
  ["ecdsa-sha2-nistp521", ["ecdsa-sha2-nistp521"]],
  ["ssh-rsa", ["rsa-sha2-512", "rsa-sha2-256"]],
];

/**
 * Host key algorithms to ask for, those of known keys first. The host picks the first that it has: without the order, a host of which we know
 * only the RSA key would show its ed25519 key and look like another.
 */
export function hostKeyAlgorithms(known: readonly HostKey[]): ServerHostKeyAlgorithm[] {
  const isKnown = (type: string) => known.some((key) => key.type === type);
  return [
    ...algorithmsByType.filter(([type]) => isKnown(type)),
    ...algorithmsByType.filter(([type]) => !isKnown(type)),
  ].flatMap(([, algorithms]) => algorithms);
}
