import type { Fault } from "./field";

declare const checked: unique symbol;

/**
 * An ed25519 public key: base64 of its SubjectPublicKeyInfo in DER (RFC 8410) on one line, 60 characters, which is also what swanctl takes. Only `publicKeyOf` makes
 * one, so that whatever a host, a file or the state has in the place of a key stops there.
 */
export type PublicKey = string & { readonly [checked]: true };

/** The DER is always these 12 bytes, and 32 of the key. */
const ed25519Header = "302a300506032b6570032100";
const keyBytes = 32;

/** Object identifiers within a SubjectPublicKeyInfo that people are likely to have instead, in DER. */
const otherAlgorithms: readonly (readonly [der: string, name: string])[] = [
  ["06092a864886f70d0101", "RSA"],
  ["06072a8648ce3d0201", "elliptic curve (ECDSA)"],
  ["06032b656e", "X25519"],
  ["06032b6571", "Ed448"],
];

/** No text of a key is longer, in PEM and with whatever white space. */
const maxCharacters = 1024;

/**
 * The public key that a text has, in PEM or as bare base64.
 *
 * @throws with what is wrong with it, which does not show the text
 */
export function publicKeyOf(text: string): PublicKey {
  const found = publicKeyFault(text);
  if (found !== undefined) throw new Error(found.fault);
  return bareBase64(text.trim()) as PublicKey;
}

/** The public key that has these 32 bytes (RFC 8032). */
export function publicKeyOfBytes(bytes: Uint8Array): PublicKey {
  return publicKeyOf(Buffer.concat([Buffer.from(ed25519Header, "hex"), bytes]).toString("base64"));
}

/** What stands between the lines of PEM, or all of a text without them. */
function bareBase64(text: string): string {
  return text.replace(/^-----BEGIN PUBLIC KEY-----|-----END PUBLIC KEY-----$|\s/g, "");
}

/** A public key in PEM, as openssl(1) and tls.PrivateKey write it. */
export function publicKeyPem(canonical: PublicKey): string {
  return `-----BEGIN PUBLIC KEY-----\n${canonical}\n-----END PUBLIC KEY-----\n`;
}

/** What is wrong with a text as a public key. The text itself is never shown: it may be a private key. */
export function publicKeyFault(text: string): Fault | undefined {
  const found = text.length > maxCharacters ? { fault: "it is too long for one" } : faultIn(text.trim());
  return found === undefined ? undefined : { ...found, unshown: true };
}

function faultIn(text: string): Fault | undefined {
  if (text === "") return { fault: "it is empty" };
  const label = /^-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(text)?.[1];
  if (text.includes("PRIVATE KEY")) return privateKey;
  if (/^(ssh|ecdsa|sk)-/.test(text)) return { fault: "it is a key in OpenSSH's form" };
  if (label !== undefined && label !== "PUBLIC KEY") return { fault: `it is PEM of another kind: ${label}` };
  if (label !== undefined && !text.endsWith("-----END PUBLIC KEY-----")) {
    return { fault: "its line `-----END PUBLIC KEY-----` is missing" };
  }
  const base64 = bareBase64(text);
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
