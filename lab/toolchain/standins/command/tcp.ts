import { connect, isIPv6, type Socket } from "node:net";

/** What the Go runtime of the official provider says to a failed connection. */
const MESSAGES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connect: connection refused",
  ECONNRESET: "connect: connection reset by peer",
  EHOSTUNREACH: "connect: no route to host",
  ENETUNREACH: "connect: network is unreachable",
  ETIMEDOUT: "connect: connection timed out",
};

/**
 * Opens a TCP connection.
 *
 * @param timeoutSeconds - Time limit; 0 means the system's own.
 */
export function dialTcp(host: string, port: number, timeoutSeconds: number): Promise<Socket> {
  const address = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const fail = (reason: string): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new Error(reason));
    };
    const timer =
      timeoutSeconds > 0
        ? setTimeout(() => {
            fail(`dial tcp ${address}: i/o timeout`);
          }, timeoutSeconds * 1000)
        : undefined;
    const onError = (error: NodeJS.ErrnoException): void => {
      fail(
        error.code === "ENOTFOUND"
          ? `dial tcp: lookup ${host}: no such host`
          : `dial tcp ${address}: ${MESSAGES[error.code ?? ""] ?? error.message}`,
      );
    };
    socket.once("error", onError);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", onError);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}
