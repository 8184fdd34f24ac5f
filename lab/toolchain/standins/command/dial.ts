/** Opens SSH connections by the official command provider's rules for keys, host keys, retries and error texts. */
import { connect as connectUnix, type Socket } from "node:net";
import { Client, type AuthenticationType, type ConnectConfig } from "ssh2";
import type { ResourceContext } from "../plugin/resource";
import type { Connection } from "./connection";
import { HostKey } from "./hostKey";
import { privateKeyConfig } from "./privateKey";
import { retryDial } from "./retry";
import { dialTcp } from "./tcp";

/** The official provider waits for ever for a host that accepts TCP and never speaks SSH. A stand-in need not. */
const HANDSHAKE_TIMEOUT_MILLISECONDS = 60_000;

/** Connects and logs in. The caller ends the client. */
export async function dialSsh(connection: Connection, context: ResourceContext): Promise<Client> {
  const config = sshConfig(connection);
  if (connection.agentSocketPath !== undefined) await probeAgent(connection.agentSocketPath);
  const { dialErrorLimit: limit } = connection;
  return retryDial(
    async () => {
      const socket = await dialTcp(connection.host, connection.port, connection.perDialTimeoutSeconds);
      return login(socket, config, connection);
    },
    {
      limit,
      signal: context.signal,
      onRetry: (dials) => {
        context.log.status(`Dial ${dials}/${limit === -1 ? "inf" : limit} failed: retrying`);
      },
    },
  );
}

function sshConfig(connection: Connection): ConnectConfig {
  const { user, password, agentSocketPath, privateKey, privateKeyPassword } = connection;
  return {
    username: user,
    readyTimeout: HANDSHAKE_TIMEOUT_MILLISECONDS,
    authHandler: authenticationMethods(connection),
    tryKeyboard: password !== undefined,
    ...(privateKey === undefined ? {} : privateKeyConfig(privateKey, privateKeyPassword)),
    ...(password === undefined ? {} : { password }),
    ...(agentSocketPath === undefined ? {} : { agent: agentSocketPath }),
    ...(connection.hostKey === undefined ? {} : HostKey.parse(connection.hostKey).sshConfig()),
  };
}

function authenticationMethods(connection: Connection): AuthenticationType[] {
  return [
    "none",
    ...(connection.privateKey === undefined ? [] : ["publickey" as const]),
    ...(connection.password === undefined ? [] : ["password" as const, "keyboard-interactive" as const]),
    ...(connection.agentSocketPath === undefined ? [] : ["agent" as const]),
  ];
}

function login(socket: Socket, config: ConnectConfig, connection: Connection): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, answer) => {
      answer(prompts.map(() => connection.password ?? ""));
    });
    client.once("ready", () => {
      resolve(client);
    });
    // Stays for the life of the client: without a listener a later error would end the provider.
    client.on("error", (error) => {
      client.destroy();
      reject(new Error(`ssh: handshake failed: ${handshakeReason(error, connection)}`));
    });
    client.once("close", () => {
      reject(new Error("ssh: handshake failed: EOF"));
    });
    client.connect({ ...config, sock: socket });
  });
}

function handshakeReason(error: Error, connection: Connection): string {
  if (error.message.includes("Host denied")) return "ssh: host key mismatch";
  if (error.message.includes("authentication methods failed")) {
    const methods = authenticationMethods(connection).map((method) => (method === "agent" ? "publickey" : method));
    return `ssh: unable to authenticate, attempted methods [${[...new Set(methods)].join(" ")}], no supported methods remain`;
  }
  if (error.message.includes("Timed out while waiting for handshake")) {
    return `no SSH handshake within ${HANDSHAKE_TIMEOUT_MILLISECONDS / 1000} seconds`;
  }
  return error.message;
}

/** An agent that does not answer is an error even when another key would do: the official provider dials it first. */
function probeAgent(socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectUnix({ path: socketPath });
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "ENOENT" ? "no such file or directory" : error.message;
      reject(new Error(`dial unix ${socketPath}: connect: ${reason}`));
    });
  });
}
