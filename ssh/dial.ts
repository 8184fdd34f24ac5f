import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { Client } from "ssh2";
import { SshConnection } from "./connection";
import type { Lease } from "./bastions";
import { bastionLost, notForwarded } from "./bastionFailure";
import { dialError, muteAgent, outOfTime, putOff, type DialPhase } from "./dialFailure";
import { SshError } from "./failure";
import { firstWords } from "./firstWords";
import { afterHostSeconds } from "./hostClock";
import { hostKeyAlgorithms } from "./hostKey";
import { hostKeyProblem } from "./hostKeyCheck";
import { hostKeysFor } from "./knownHosts";
import { LoginAttempt } from "./loginAttempt";
import { streamTo } from "./stream";
import { loginError } from "./loginFailure";
import { formatTarget, type SshAccess, type SshNode } from "./target";
import { TrafficLimit } from "./trafficLimit";

/** A broken connection is noticed after this time even if no command runs on it. */
const keepaliveSeconds = 10;

/** How often a host may put a login off: sshd with many logins at once (MaxStartups) lets in most of those that come again. */
const maxTries = 8;

/** What ends a dial from outside. */
type End = "out of time" | "given up";

/**
 * Connects, by way of the node's bastions if it has any, and logs in, with the host key checked. Over when the host has had `dialSeconds`, whatever it does or
 * leaves undone, and each bastion as long before it.
 *
 * @param signal Gives up at once when it is aborted.
 * @throws SshError which names node, address, cause and remedy.
 */
export async function dial(node: SshNode, access: SshAccess, signal?: AbortSignal): Promise<SshConnection> {
  const lease = await access.bastions.lease(node, access);
  const ending = new AbortController();
  const end = (reason: End) => {
    ending.abort(reason);
  };
  const giveUp = () => {
    end("given up");
  };
  if (signal?.aborted === true) giveUp();
  signal?.addEventListener("abort", giveUp);
  const stopClock = afterHostSeconds(access.dialSeconds, () => {
    end("out of time");
  });
  try {
    for (let tries = 1; ; tries++) {
      const outcome = await dialOnce(node, access, lease, ending.signal);
      if (outcome instanceof SshConnection) return outcome;
      await pause(access.dialSeconds / maxTries, ending.signal);
      if (ending.signal.aborted) throw putOff(node, outcome, tries);
    }
  } catch (error) {
    lease?.giveBack();
    throw error;
  } finally {
    stopClock();
    signal?.removeEventListener("abort", giveUp);
  }
}

/** One try. A host that hangs up before it speaks SSH has put it off; then the outcome is what it said. */
function dialOnce(
  node: SshNode,
  access: SshAccess,
  lease: Lease | undefined,
  ending: AbortSignal,
): Promise<SshConnection | string> {
  const bastion = lease?.bastion;
  return new Promise((resolve, reject) => {
    let phase: DialPhase = bastion !== undefined || isIP(node.ssh.host) !== 0 ? "connecting" : "resolving";
    let hostKeyError: SshError | undefined;
    let stream: Duplex | undefined;
    let traffic: TrafficLimit | undefined;
    let said = (): string | undefined => undefined;
    const client = new Client();
    const attempt = new LoginAttempt(access.auth);
    // ssh2 reports one mishap more than once; the first report says most.
    const stop = () => {
      ending.removeEventListener("abort", onEnd);
      client.destroy();
      stream?.destroy();
      attempt.agent?.end();
    };
    const fail = (error: Error) => {
      stop();
      const words = phase === "handshaking" ? said() : undefined;
      if (bastion?.isOpen === false) reject(bastionLost(node, bastion.node));
      else if (words !== undefined && isPutOff(words)) resolve(words);
      else if (bastion !== undefined && phase === "connecting") reject(notForwarded(node, bastion.node, error));
      else
        reject(
          hostKeyError ?? loginError(node, access.auth, attempt, error) ?? dialError(node, access, phase, error, words),
        );
    };
    const onEnd = () => {
      const isAgentMute = attempt.agent?.isAsked === true;
      stop();
      const { reason } = ending as { readonly reason: End };
      if (reason === "given up") reject(givenUp(node, phase));
      else reject(isAgentMute ? muteAgent(node, access) : outOfTime(node, access, phase));
    };
    const logIn = (opened: Duplex) => {
      stream = opened;
      if (ending.aborted) {
        stream.destroy();
        return;
      }
      if (bastion !== undefined) phase = "handshaking";
      said = firstWords(stream);
      client.connect({
        sock: stream,
        readyTimeout: 0,
        keepaliveInterval: keepaliveSeconds * 1000,
        ...loginOptions(node, access, attempt, (error) => (hostKeyError = error)),
      });
      traffic = new TrafficLimit(stream, (error) => client.emit("error", error), bastion?.traffic);
    };
    if (ending.aborted) {
      onEnd();
      return;
    }
    ending.addEventListener("abort", onEnd);
    client.once("handshake", () => (phase = "logging in"));
    client.on("error", fail);
    client.once("close", () => {
      fail(new Error("the host closed the connection"));
    });
    client.once("ready", () => {
      ending.removeEventListener("abort", onEnd);
      if (stream !== undefined && traffic !== undefined)
        resolve(new SshConnection(client, stream, node, traffic, lease?.giveBack));
    });
    const opening = streamTo(node, bastion, access.dialSeconds, {
      resolved: () => (phase = "connecting"),
      connected: () => (phase = "handshaking"),
    });
    if (opening instanceof Promise) opening.then(logIn, fail);
    else logIn(opening);
  });
}

/** Who logs in, with what, and to whom alone. */
function loginOptions(
  node: SshNode,
  { knownHosts }: SshAccess,
  attempt: LoginAttempt,
  refuse: (error: SshError) => void,
) {
  const { host, port, user } = node.ssh;
  return {
    username: user,
    ...attempt.options,
    algorithms: {
      serverHostKey: hostKeyAlgorithms(hostKeysFor(knownHosts, host, port)),
      // ssh2 throws, where nobody can catch it, when a compressed connection breaks.
      compress: ["none" as const],
    },
    hostVerifier: (wire: Buffer) => {
      const problem = hostKeyProblem(node, knownHosts, wire);
      if (problem !== undefined) refuse(problem);
      return problem === undefined;
    },
  };
}

/** By what a host said before it hung up: sshd says nothing, or `Exceeded MaxStartups`, as newer ones do. */
function isPutOff(words: string): boolean {
  return words === "" || words.includes("MaxStartups");
}

function givenUp(node: SshNode, phase: DialPhase): SshError {
  return new SshError("lost", `${node.name}: ${formatTarget(node)} was given up while ${phase}`);
}

async function pause(seconds: number, ending: AbortSignal): Promise<void> {
  await setTimeout(seconds * 1000, undefined, { signal: ending }).catch(() => undefined);
}
