import type { ConnectConfig, ServerHostKeyAlgorithm } from "ssh2";

/** A host key that a connection insists on. */
export class HostKey {
  private constructor(
    private readonly type: string,
    private readonly blob: Buffer,
  ) {}

  /** Reads one line in the format of authorized_keys: `ssh-ed25519 AAAA... comment`. */
  static parse(line: string): HostKey {
    const [type = "", base64 = ""] = line.trim().split(/\s+/);
    const blob = Buffer.from(base64, "base64");
    const typeLength = Buffer.byteLength(type);
    const valid =
      type !== "" &&
      blob.length > 4 + typeLength &&
      blob.readUInt32BE(0) === typeLength &&
      blob.toString("latin1", 4, 4 + typeLength) === type;
    if (!valid) throw new Error("failed to parse host key: ssh: no key found");
    return new HostKey(type, blob);
  }

  /** Accepts this key only, and asks the host for the algorithm that is called like its type, of an RSA key with SHA-1 (golang.org/x/crypto/ssh). */
  sshConfig(): Pick<ConnectConfig, "hostVerifier" | "algorithms"> {
    return {
      hostVerifier: (key: Buffer) => key.equals(this.blob),
      algorithms: { serverHostKey: [this.type as ServerHostKeyAlgorithm] },
    };
  }
}
