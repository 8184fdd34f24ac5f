import { createPrivateKey, type KeyObject } from "node:crypto";
import { utils, type ConnectConfig } from "ssh2";
import { ed25519Seed, opensshPrivateKey } from "../tls/openssh";

/**
 * A private key as ssh2 takes it. ssh2 knows OpenSSH, PKCS#1 and SEC1 but, unlike the Go of the official provider, not PKCS#8.
 *
 * @throws When the text is no private key or the password does not open it. The message quotes nothing of either.
 */
export function privateKeyConfig(
  text: string,
  password: string | undefined,
): Pick<ConnectConfig, "privateKey" | "passphrase"> {
  if (/-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text)) return { privateKey: fromPkcs8(text, password) };
  const parsed = utils.parseKey(text, password);
  if (parsed instanceof Error) {
    throw new Error(
      parsed.message.includes("no passphrase given")
        ? "ssh: this private key is passphrase protected"
        : `ssh: no key found: ${parsed.message}`,
    );
  }
  return { privateKey: text, ...(password === undefined ? {} : { passphrase: password }) };
}

function fromPkcs8(text: string, password: string | undefined): string {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: text, format: "pem", ...(password === undefined ? {} : { passphrase: password }) });
  } catch {
    throw new Error("ssh: no key found: not a readable PKCS#8 private key");
  }
  switch (key.asymmetricKeyType) {
    case "ed25519":
      return opensshPrivateKey(ed25519Seed(key));
    case "rsa":
      return key.export({ type: "pkcs1", format: "pem" }).toString();
    case "ec":
      return key.export({ type: "sec1", format: "pem" }).toString();
    default:
      throw new Error(`ssh: unsupported key type ${key.asymmetricKeyType ?? "unknown"}`);
  }
}
