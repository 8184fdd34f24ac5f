import { readFile } from "node:fs/promises";
import { utils } from "ssh2";
import type { SshLogin } from "../core/registry/settings";
import { SshError } from "./failure";
import { errorMessage } from "./systemError";

/** What to log in with. */
export type SshAuth =
  | {
      readonly kind: "key";
      /** For messages. */ readonly file: string;
      /** OpenSSH or PEM text. */ readonly privateKey: string;
    }
  | { readonly kind: "agent"; /** Unix socket. */ readonly socket: string };

/**
 * What the setting `fullmesh:sshKey` means: a private key file, or the agent.
 *
 * @throws SshError with cause `no-login-key`: no such file, not a private key, one with a passphrase, or no agent.
 */
export async function authOf(login: SshLogin, agentSocket = process.env.SSH_AUTH_SOCK): Promise<SshAuth> {
  if (login.kind === "keyFile") return keyFile(login.file);
  if (agentSocket !== undefined && agentSocket !== "") return { kind: "agent", socket: agentSocket };
  throw new SshError(
    "no-login-key",
    "no SSH key to log in with: fullmesh:sshKey is empty and no agent is at SSH_AUTH_SOCK.\n" +
      "    fix: pulumi config set fullmesh:sshKey FILE, or start an agent and ssh-add a key",
  );
}

/** As in "the key /root/.ssh/id_ed25519". */
export function describeAuth(auth: SshAuth): string {
  return auth.kind === "key" ? `the key ${auth.file}` : `the keys of the SSH agent at ${auth.socket}`;
}

async function keyFile(file: string): Promise<SshAuth> {
  const privateKey = await readFile(file, "utf8").catch((error: unknown) => {
    throw new SshError(
      "no-login-key",
      `the SSH key that fullmesh:sshKey names cannot be read: ${errorMessage(error)}\n    fix: pulumi config set fullmesh:sshKey FILE, or leave it empty to use the SSH agent`,
    );
  });
  const key = utils.parseKey(privateKey);
  if (!(key instanceof Error)) {
    if (key.isPrivateKey()) return { kind: "key", file, privateKey };
    throw new SshError("no-login-key", `${file} is a public key; fullmesh:sshKey must name the private one`);
  }
  if (/encrypted|passphrase/i.test(key.message)) {
    throw new SshError(
      "no-login-key",
      `the SSH key ${file} has a passphrase.\n    fix: ssh-add ${file}, and leave fullmesh:sshKey empty so that the agent is used`,
    );
  }
  if (/^-----BEGIN PRIVATE KEY-----/m.test(privateKey)) {
    throw new SshError(
      "no-login-key",
      `the SSH key ${file} is in PKCS#8, which cannot be used here.\n    fix: ssh-keygen -p -f ${file}, which writes it in OpenSSH's form; an empty passphrase leaves it without one`,
    );
  }
  throw new SshError("no-login-key", `${file} is not an SSH private key: ${key.message}`);
}
