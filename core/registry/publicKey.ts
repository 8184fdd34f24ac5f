import type { Fault } from "./field";

/*
 * Public keys of nodes: ed25519 as SubjectPublicKeyInfo (RFC 8410), whose DER is always these 12 bytes and 32 of the key. The canonical text is the base64 of that
 * on one line, which is also what swanctl takes.
 */

const ed25519Header = "302a300506032b6570032100";
const keyBytes = 32;

/** Object identifiers within a SubjectPublicKeyInfo that people are likely to have instead, in DER. */
const otherAlgorithms: readonly (readonly [der: string, name: string])[] = [
  ["06092a864886f70d0101", "RSA"],
  ["06072a8648ce3d0201", "elliptic curve (ECDSA)"],
  ["06032b656e", "X25519"],
  ["06032b6571", "Ed448"],
];

/** The canonical text of a public key that has no fault. */
export function canonicalPublicKey(text: string): string {
  return text.replace(/-----[^-]+-----|\s/g, "");
}

/** A canonical public key in PEM, as openssl(1) and tls.PrivateKey write it. */
export function publicKeyPem(canonical: string): string {
  return `-----BEGIN PUBLIC KEY-----\n${canonical}\n-----END PUBLIC KEY-----\n`;
}

/** What is wrong with a text as a public key. The text itself is never shown: it may be a private key. */
export function publicKeyFault(text: string): Fault | undefined {
  const found = faultIn(text.trim());
  return found === undefined ? undefined : { ...found, unshown: true };
}

function faultIn(text: string): Fault | undefined {
  if (text === "") return { fault: "it is empty" };
  const label = /^-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1];
  if (text.includes("PRIVATE KEY")) return privateKey;
  if (/^(ssh|ecdsa|sk)-/.test(text)) return { fault: "it is a key in OpenSSH's form" };
  if (label !== undefined && label !== "PUBLIC KEY") return { fault: `it is PEM of another kind: ${label}` };
  if (label !== undefined && !text.endsWith("-----END PUBLIC KEY-----")) {
    return { fault: "its line `-----END PUBLIC KEY-----` is missing" };
  }
  const base64 = canonicalPublicKey(text);
  const der = Buffer.from(base64, "base64");
  // Buffer passes over what is no base64.
  if (der.toString("base64") !== base64) return { fault: "it is not base64" };
  return faultOfDer(der);
}

function faultOfDer(der: Buffer): Fault | undefined {
  const hex = der.toString("hex");
  if (hex.startsWith(ed25519Header)) {
    const length = der.length - ed25519Header.length / 2;
    return length === keyBytes ? undefined : { fault: `it has ${length} bytes of key instead of ${keyBytes}` };
  }
  // PKCS#8 and its like begin with a version number (RFC 5958), OpenSSH's private keys with their name.
  if (/^30(81..|82....|[0-7].)0201[01]/.test(hex) || der.toString("latin1").startsWith("openssh-key"))
    return privateKey;
  const other = otherAlgorithms.find(([identifier]) => hex.includes(identifier));
  if (other !== undefined) return { fault: `its algorithm is ${other[1]}` };
  if (der.length === keyBytes) return { fault: `it is ${keyBytes} bytes that do not say what they are` };
  return { fault: "it is no SubjectPublicKeyInfo" };
}

const privateKey: Fault = {
  fault: "it is a private key",
  fix: "take it out of the file and of git's history, have its owner make a new one, and write what `openssl pkey -in KEY -pubout` prints of that",
};
