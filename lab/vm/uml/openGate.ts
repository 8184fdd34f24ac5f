import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { runsTypeScript } from "../../scratchProject";
import { listen, type Forward } from "../ports";
import { within } from "../wait";

/** Time for a Node process to start, on a busy computer. */
const gateSeconds = 60;

/**
 * Lets in to a machine: a process in its namespaces passes on what connects to ports of 127.0.0.1, and ends with the machine. The sockets are made here, outside the
 * namespaces, and handed over.
 *
 * @param firstProcess pid of a process in the machine's namespaces
 */
export async function openGate(firstProcess: number, forwards: readonly Forward[], log: string): Promise<void> {
  const output = openSync(log, "a");
  const gate = spawn(
    "nsenter",
    [
      ...[`--target=${firstProcess}`, "--net", "--pid"],
      ...(process.getuid?.() === 0 ? [] : ["--user", "--preserve-credentials"]),
      ...[process.execPath, "--require", runsTypeScript, join(__dirname, "gate.ts")],
    ],
    { cwd: __dirname, detached: true, stdio: ["ignore", output, output, "ipc"] },
  );
  closeSync(output);
  gate.unref();
  const ended = new Promise<never>((_, reject) => {
    gate.once("error", reject).once("exit", () => {
      reject(new Error("the machine's gate ended"));
    });
  });
  const hand = async ({ from, to }: Forward): Promise<void> => {
    const server = await listen(from);
    await new Promise<void>((resolve, reject) => {
      gate.on("message", (port) => {
        if (port === to) resolve();
      });
      gate.send({ port: to }, server, (error) => {
        if (error !== null) reject(error);
      });
    });
    server.close();
  };
  try {
    await within(gateSeconds, "the machine's gate", Promise.race([Promise.all(forwards.map(hand)), ended]));
  } catch (error) {
    gate.kill("SIGKILL");
    throw error;
  }
  gate.disconnect();
}
