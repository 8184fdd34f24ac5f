import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { SshConnection } from "./connection";
import type { SshNode } from "./target";

/** What is told on the way to a host. */
interface Progress {
  readonly resolved: () => void;
  readonly connected: () => void;
}

/** A byte stream to a node's SSH server: a TCP connection, of which it is told how far it is, or one that its bastion has made. It fails with what the bastion says. */
export function streamTo(
  { ssh: { host, port } }: SshNode,
  bastion: SshConnection | undefined,
  dialSeconds: number,
  { resolved, connected }: Progress,
): Duplex | Promise<Duplex> {
  if (bastion !== undefined) return bastion.forward(host, port);
  // Node gives each address of a name a quarter of a second by default, too little for a host far away.
  const socket = connect({ host, port, autoSelectFamilyAttemptTimeout: Math.ceil((dialSeconds * 1000) / 3) });
  socket.once("lookup", (error: Error | null) => {
    if (error === null) resolved();
  });
  socket.once("connect", connected);
  return socket;
}
