import { connect, isIP } from "node:net";
import { Client } from "ssh2";
import type { SshAuth } from "./auth";
import { SshConnection } from "./connection";
import { dialError, outOfTime, type DialPhase } from "./dialFailure";
import { SshError } from "./failure";
import { hostKeyAlgorithms } from "./hostKey";
import { hostKeyProblem } from "./hostKeyCheck";
import { hostKeysFor } from "./knownHosts";
import { formatTarget, type SshAccess, type SshNode } from "./target";
import { TrafficLimit } from "./trafficLimit";

/** A broken connection is noticed after this time even if no command runs on it. */
const keepaliveSeconds = 10;

/**
 * Connects and logs in, with the host key checked. Over in `dialSeconds`, whatever the host does or leaves undone.
 *
 * @param signal Gives up at once when it is aborted.
 * @throws SshError which names node, address, cause and remedy.
 */
export function dial(node: SshNode, access: SshAccess, signal?: AbortSignal): Promise<SshConnection> {
  const { host, port, user } = node.ssh;
  return new Promise((resolve, reject) => {
    let phase: DialPhase = isIP(host) === 0 ? "resolving" : "connecting";
    let hostKeyError: SshError | undefined;
    const client = new Client();
    // Node gives each address of a name a quarter of a second by default, too little for a host far away.
    const socket = connect({ host, port, autoSelectFamilyAttemptTimeout: Math.ceil((access.dialSeconds * 1000) / 3) });
    // ssh2 reports one mishap more than once; the first report says most.
    const fail = (error: SshError) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      client.destroy();
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => {
      fail(outOfTime(node, access, phase));
    }, access.dialSeconds * 1000);
    const onAbort = () => {
      fail(new SshError("lost", `${node.name}: ${formatTarget(node)} was given up while ${phase}`));
    };
    if (signal?.aborted === true) {
      onAbort();
      return;
    }
    signal?.addEventListener("abort", onAbort);
    socket.once("lookup", (error: Error | null) => {
      if (error === null) phase = "connecting";
    });
    socket.once("connect", () => (phase = "handshaking"));
    client.once("handshake", () => (phase = "logging in"));
    client.on("error", (error) => {
      fail(hostKeyError ?? dialError(node, access, phase, error));
    });
    client.once("close", () => {
      fail(hostKeyError ?? dialError(node, access, phase, new Error("the host closed the connection")));
    });
    client.once("ready", () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      resolve(new SshConnection(client, socket, node, traffic));
    });
    client.connect({
      sock: socket,
      username: user,
      ...credentials(access.auth),
      algorithms: {
        serverHostKey: hostKeyAlgorithms(hostKeysFor(access.knownHosts, host, port)),
        // ssh2 throws, where nobody can catch it, when a compressed connection breaks.
        compress: ["none"],
      },
      hostVerifier: (wire: Buffer) => {
        hostKeyError = hostKeyProblem(node, access.knownHosts, wire);
        return hostKeyError === undefined;
      },
      readyTimeout: 0,
      keepaliveInterval: keepaliveSeconds * 1000,
    });
    const traffic = new TrafficLimit(socket, (error) => client.emit("error", error));
  });
}

/** One way of login each, so that a refusal counts once with fail2ban and sshd's MaxAuthTries. */
function credentials(auth: SshAuth) {
  return auth.kind === "key"
    ? { privateKey: auth.privateKey, authHandler: ["publickey" as const] }
    : { agent: auth.socket, authHandler: ["agent" as const] };
}
