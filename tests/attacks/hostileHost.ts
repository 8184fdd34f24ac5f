import { createServer, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import { Server, type Connection, type ServerChannel, type ServerConfig } from "ssh2";
import type { RunOptions } from "../../ssh/connection";
import { runOnHost } from "../../ssh/runOnHost";
import { accessWith, keyPair, knownAt, nodeAt } from "../ssh/testHost";

/** A login to a hostile host, and what the host can do with it. */
export interface Victim {
  readonly connection: Connection;
  readonly socket: Socket;
  /** Sends an SSH packet with any payload, RFC 4253 section 6. */
  readonly send: (payload: Buffer) => void;
}

/** What the host does at some moments. It does nothing else, and lets everybody in. */
export interface Attack {
  readonly algorithms?: ServerConfig["algorithms"];
  readonly onConnect?: (victim: Victim) => void;
  /** Before the login ends. */
  readonly onLogin?: (victim: Victim) => void;
  readonly onCommand?: (victim: Victim, channel: ServerChannel, line: string) => void;
}

/** A host that has been taken over, on the loopback interface. */
export interface HostileHost {
  readonly port: number;
  /** As in known_hosts: type and base64. */
  readonly hostKey: string;
  readonly close: () => void;
}

/** An SSH server that keeps the protocol as far as its attack does. */
export async function hostileHost({ algorithms = {}, onConnect, onLogin, onCommand }: Attack): Promise<HostileHost> {
  const key = keyPair();
  const sockets = new Set<Socket>();
  let latest: Socket | undefined;
  const ssh = new Server({ hostKeys: [key.private], algorithms }, (connection) => {
    if (latest === undefined) throw new Error("nobody has connected");
    const victim = { connection, socket: latest, send: sender(connection) };
    connection.on("error", () => undefined);
    onConnect?.(victim);
    connection.on("authentication", (context) => {
      onLogin?.(victim);
      context.accept();
    });
    connection.on("session", (accept) => {
      accept().on("exec", (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        channel.on("error", () => undefined);
        onCommand?.(victim, channel, command);
      });
    });
  });
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    latest = socket;
    ssh.injectSocket(socket);
  });
  tcp.listen(0, "127.0.0.1");
  await once(tcp, "listening");
  return {
    port: (tcp.address() as AddressInfo).port,
    hostKey: key.public.split(" ").slice(0, 2).join(" "),
    close: () => {
      for (const socket of sockets) socket.destroy();
      tcp.close();
    },
  };
}

/** Runs a command on a hostile host, as fullmesh does. */
export async function attacked(attack: Attack, options: Partial<RunOptions> = {}) {
  const host = await hostileHost(attack);
  try {
    const access = accessWith(keyPair().private, knownAt(host.port, host.hostKey));
    return await runOnHost(nodeAt(host.port), access, "true", { timeoutSeconds: 60, ...options });
  } finally {
    host.close();
  }
}

/** A string as SSH writes it, RFC 4251 section 5. */
export function sshString(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
}

/** Parts of ssh2 that write packets; no public function sends any payload. */
interface Protocol {
  readonly _packetRW: { readonly write: PacketWriter };
  readonly _cipher: { readonly encrypt: (packet: Buffer) => void };
}

interface PacketWriter {
  readonly allocStart: number;
  readonly alloc: (size: number) => Buffer;
  readonly finalize: (packet: Buffer) => Buffer;
}

function sender(connection: Connection): (payload: Buffer) => void {
  const { _protocol: protocol } = connection as unknown as { readonly _protocol: Protocol };
  return (payload) => {
    const { write } = protocol._packetRW;
    const packet = write.alloc(payload.length);
    packet.set(payload, write.allocStart);
    protocol._cipher.encrypt(write.finalize(packet));
  };
}
