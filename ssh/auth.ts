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
  | {
      readonly kind: "agent";
      /** Unix socket. */ readonly socket: string;
      /** The one key of the agent's to offer; default: all of them. */ readonly identity?: AgentIdentity;
    };

/** A key in an agent, known by its public half. */
export interface AgentIdentity {
  /** Of the public half, for messages. */
  readonly file: string;
  /** Wire form (RFC 4253 section 6.6). */
  readonly publicKey: Buffer;
}

/**
 * What the setting `fullmesh:sshKey` means: a private key file, a public key file whose private half the agent has, or all keys of the agent.
 *
 * @throws SshError with cause `no-login-key`: no such file, not a key, a private one with a passphrase, or no agent.
 */
export async function authOf(login: SshLogin, agentSocket = process.env.SSH_AUTH_SOCK): Promise<SshAuth> {
  const socket = agentSocket === "" ? undefined : agentSocket;
  if (login.kind === "keyFile") return keyFile(login.file, socket);
  if (socket !== undefined) return { kind: "agent", socket };
  throw new SshError(
    "no-login-key",
    "no SSH key to log in with: fullmesh:sshKey is empty and no agent is at SSH_AUTH_SOCK.\n" +
      "    fix: pulumi config set fullmesh:sshKey FILE, or start an agent and ssh-add a key",
  );
}

/** As in "the key /root/.ssh/id_ed25519". */
export function describeAuth(auth: SshAuth): string {
  if (auth.kind === "key") return `the key ${auth.file}`;
  const what = auth.identity === undefined ? "the keys" : `the key ${auth.identity.file}`;
  return `${what} of the SSH agent at ${auth.socket}`;
}

async function keyFile(file: string, agentSocket: string | undefined): Promise<SshAuth> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new SshError(
      "no-login-key",
      `the SSH key that fullmesh:sshKey names cannot be read: ${errorMessage(error)}\n    fix: pulumi config set fullmesh:sshKey FILE, or leave it empty to use the SSH agent`,
    );
  });
  const key = utils.parseKey(text);
  if (!(key instanceof Error)) {
    if (key.isPrivateKey()) return { kind: "key", file, privateKey: text };
    if (agentSocket !== undefined)
      return { kind: "agent", socket: agentSocket, identity: { file, publicKey: key.getPublicSSH() } };
    throw new SshError(
      "no-login-key",
      `${file} is a public key, whose private half an SSH agent must have, and no agent is at SSH_AUTH_SOCK.\n` +
        "    fix: start an agent and ssh-add the private key, or let fullmesh:sshKey name the private one",
    );
  }
  if (/encrypted|passphrase/i.test(key.message)) {
    throw new SshError(
      "no-login-key",
      `the SSH key ${file} has a passphrase.\n    fix: ssh-add ${file}, and pulumi config set fullmesh:sshKey ${file}.pub so that the agent's key is used`,
    );
  }
  if (/^-----BEGIN PRIVATE KEY-----/m.test(text)) {
    throw new SshError(
      "no-login-key",
      `the SSH key ${file} is in PKCS#8, which cannot be used here.\n    fix: ssh-keygen -p -f ${file}, which writes it in OpenSSH's form; an empty passphrase leaves it without one`,
    );
  }
  throw new SshError("no-login-key", `${file} is not an SSH private key: ${key.message}`);
}
