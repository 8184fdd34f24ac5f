import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** A port of 127.0.0.1 that leads to one of the VM's. */
export interface Forward {
  readonly from: number;
  readonly to: number;
}

/** Ways in to a lab: `portBase` leads to the VM's own SSH, those after it to its hosts', which the VM forwards from 2201 on. */
export function forwards(hosts: number, portBase: number): readonly Forward[] {
  const guestPorts = [22, ...Array.from({ length: hosts }, (_, index) => 2201 + index)];
  return guestPorts.map((to, index) => ({ from: portBase + index, to }));
}

/** A server that listens on a port of 127.0.0.1. @throws if another program has the port. */
export async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** @throws naming the port if one that the lab needs is taken. */
export async function checkPorts(hosts: number, portBase: number): Promise<void> {
  for (const { from } of forwards(hosts, portBase)) {
    try {
      const server = await listen(from);
      server.close();
      await once(server, "close");
    } catch (error) {
      const range = `${portBase} to ${portBase + hosts}`;
      throw new Error(
        `port ${from} of 127.0.0.1 is in use by another program; the lab needs ${range}: stop it, or choose others with --port-base`,
        { cause: error },
      );
    }
  }
}
