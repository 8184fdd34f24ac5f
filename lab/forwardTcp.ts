import { connect } from "node:net";
import type { Connection } from "ssh2";

/** Lets a client of a loopback SSH server connect to other ports of this machine through it, as a bastion does. */
export function forwardTcp(client: Connection): void {
  client.on("tcpip", (accept, reject, { destIP, destPort }) => {
    const socket = connect(destPort, destIP);
    let isAccepted = false;
    socket.once("connect", () => {
      isAccepted = true;
      const channel = accept();
      channel.on("error", () => undefined);
      channel.once("close", () => socket.destroy());
      socket.once("close", () => {
        channel.close();
      });
      channel.pipe(socket).pipe(channel);
    });
    socket.once("error", () => {
      if (!isAccepted) reject();
    });
  });
}
