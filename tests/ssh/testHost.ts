import { EventEmitter } from "node:events";
import { createServer, type AddressInfo, type Server as TcpServer } from "node:net";
import { Server, utils, type Connection, type ServerChannel } from "ssh2";
import { forwardTcp } from "../../lab/forwardTcp";
import { Bastions } from "../../ssh/bastions";
import { parseKnownHosts, type KnownHosts } from "../../ssh/knownHosts";
import type { SshAccess, SshNode } from "../../ssh/target";

/** An ed25519 key pair in OpenSSH's text form. Of those that ssh2 1.17 makes, one in 150 lacks a leading zero byte and cannot be read. */
export function keyPair() {
  for (;;) {
    const pair = utils.generateKeyPairSync("ed25519");
    if (![pair.private, pair.public].some((text) => utils.parseKey(text) instanceof Error)) return pair;
  }
}

/** What a command of a test host prints and how it ends; undefined if it never ends. */
export type Answer = (
  command: string,
  stdin: string,
) => { stdout?: string; stderr?: string; status: number | "never" } | undefined;

/** A host on the loopback interface. */
export interface TestHost {
  readonly port: number;
  /** As in known_hosts: type and base64. */
  readonly hostKey: string;
  readonly logins: () => number;
  readonly dropAll: () => void;
  /** From now on it makes no TCP connections for who logs in. */
  readonly forbidForwarding: () => void;
  /** Is called when the first of its connections has ended. */
  readonly onceClosed: (report: () => void) => void;
  readonly close: () => void;
}

/** An SSH server that lets in who has the client key, and answers commands as told. */
export async function sshHost(clientPublicKey: string, answer: Answer, host = keyPair()): Promise<TestHost> {
  const allowed = utils.parseKey(clientPublicKey);
  if (allowed instanceof Error) throw allowed;
  const connections = new Set<Connection>();
  let logins = 0;
  let forwards = true;
  const closed = new EventEmitter();
  const server = new Server({ hostKeys: [host.private] }, (connection) => {
    connections.add(connection);
    connection.once("close", () => {
      closed.emit("closed");
    });
    connection.on("error", () => undefined);
    connection.on("authentication", (context) => {
      const isAllowed = context.method === "publickey" && context.key.data.equals(allowed.getPublicSSH());
      if (isAllowed) context.accept();
      else context.reject(["publickey"]);
    });
    connection.on("ready", () => {
      logins += 1;
      if (forwards) forwardTcp(connection);
      connection.on("session", (accept) => {
        accept().on("exec", (acceptExec, _reject, { command }) => {
          reply(acceptExec(), command, answer);
        });
      });
    });
  });
  const port = await listen(server);
  return {
    port,
    hostKey: host.public.split(" ").slice(0, 2).join(" "),
    logins: () => logins,
    onceClosed: (report) => closed.once("closed", report),
    forbidForwarding: () => {
      forwards = false;
    },
    dropAll: () => {
      for (const connection of connections) connection.end();
    },
    close: () => {
      for (const connection of connections) connection.end();
      server.close();
    },
  };
}

/** An SSH server that lets in anybody, and answers commands as told. It listens nowhere: it is given its sockets. */
export function openServer(hostPrivateKey: string, answer: Answer): Server {
  return new Server({ hostKeys: [hostPrivateKey] }, (connection) => {
    connection.on("error", () => undefined);
    connection.on("authentication", (context) => {
      context.accept();
    });
    connection.on("session", (accept) => {
      accept().on("exec", (acceptExec, _reject, { command }) => {
        reply(acceptExec(), command, answer);
      });
    });
  });
}

/** Closes what it is given after each test of the file. */
export function closedAfterEach(): <T extends { readonly close: () => void }>(made: T) => T {
  const open: { readonly close: () => void }[] = [];
  afterEach(() => {
    for (const each of open.splice(0)) each.close();
  });
  return (made) => {
    open.push(made);
    return made;
  };
}

function reply(channel: ServerChannel, command: string, answer: Answer): void {
  const stdin: Buffer[] = [];
  channel.on("data", (part: Buffer) => stdin.push(part));
  channel.on("end", () => {
    const result = answer(command, Buffer.concat(stdin).toString());
    if (result === undefined) return;
    channel.stderr.write(result.stderr ?? "");
    channel.write(result.stdout ?? "");
    if (result.status === "never") return;
    channel.exit(result.status);
    channel.end();
  });
}

/** A TCP server that accepts and says nothing, or says something that is not SSH. */
export async function tcpHost(says?: string) {
  const sockets = new Set<{ destroy: () => void }>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    if (says !== undefined) socket.end(says);
  });
  const port = await listen(server);
  return {
    port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A node on the loopback interface. */
export function nodeAt(port: number, user = "root"): SshNode {
  return { name: "fra1", ssh: { host: "127.0.0.1", port, user } };
}

/** known_hosts with a key for the loopback interface. */
export function knownAt(port: number, hostKey: string): KnownHosts {
  return parseKnownHosts(`[127.0.0.1]:${port} ${hostKey}\n`, "/home/op/.ssh/known_hosts");
}

/** Access with a key file. */
export function accessWith(privateKey: string, knownHosts: KnownHosts, dialSeconds = 60): SshAccess {
  return {
    auth: { kind: "key", file: "/home/op/.ssh/id_ed25519", privateKey },
    knownHosts,
    dialSeconds,
    bastions: new Bastions(),
  };
}

function listen(server: Server | TcpServer): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}
