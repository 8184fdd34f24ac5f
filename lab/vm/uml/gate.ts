/**
 * Runs in a machine's namespaces. Its parent, outside of them, hands it sockets that listen on 127.0.0.1; what connects to one is passed on to a port of the guest.
 */
import { connect, type Server } from "node:net";

/** The guest's end of the link. */
const guest = "10.0.2.15";

process.on("message", ({ port }: { readonly port: number }, server: Server) => {
  server.on("connection", (client) => {
    const onward = connect(port, guest);
    const end = (): void => {
      client.destroy();
      onward.destroy();
    };
    client.on("error", end).on("close", end).setNoDelay();
    onward.on("error", end).on("close", end).setNoDelay();
    client.pipe(onward).pipe(client);
  });
  process.send?.(port);
});
