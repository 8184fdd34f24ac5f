import { closeSync, openSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { dirname, basename } from "node:path";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { z } from "zod";
import { within } from "../wait";

const message = z.object({
  return: z.unknown().optional(),
  error: z.object({ desc: z.string() }).optional(),
  event: z.string().optional(),
  QMP: z.unknown().optional(),
});

/** Time for a command that changes little. */
const quickSeconds = 10;

/** A connection to qemu's control socket (QMP). qemu serves one at a time. */
export class Monitor {
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  }

  /** Does `work` over a connection of its own. */
  static async use<T>(path: string, work: (monitor: Monitor) => Promise<T>): Promise<T> {
    // The path of a socket may have 107 bytes and a checkout's may be longer: name it by its folder's descriptor.
    const folder = openSync(dirname(path), "r");
    const socket = createConnection(`/proc/self/fd/${folder}/${basename(path)}`);
    try {
      await within(quickSeconds, "qemu's control socket", once(socket, "connect"));
      const monitor = new Monitor(socket);
      await monitor.#next(quickSeconds, (received) => received.QMP !== undefined);
      await monitor.execute("qmp_capabilities");
      return await work(monitor);
    } finally {
      socket.destroy();
      closeSync(folder);
    }
  }

  /** Runs a QMP command and gives its answer. */
  async execute(command: string, args: object = {}, timeoutSeconds = quickSeconds): Promise<unknown> {
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    const answer = await this.#next(timeoutSeconds, ({ event }) => event === undefined);
    if (answer.error !== undefined) throw new Error(`qemu refused ${command}: ${answer.error.desc}`);
    return answer.return;
  }

  /** Runs a command of qemu's human monitor, which answers nothing when all is well. */
  async #command(line: string, timeoutSeconds: number): Promise<void> {
    const said = await this.execute("human-monitor-command", { "command-line": line }, timeoutSeconds);
    if (typeof said !== "string" || said.trim() !== "") throw new Error(`qemu's ${line}: ${String(said).trim()}`);
  }

  /** Keeps the whole machine's state, with its memory, under a name in its disk. */
  async saveSnapshot(name: string): Promise<void> {
    await this.#command(`savevm ${name}`, 120);
  }

  async #next(timeoutSeconds: number, wanted: (received: z.infer<typeof message>) => boolean) {
    return within(
      timeoutSeconds,
      "qemu's control socket",
      (async () => {
        for (;;) {
          const line = await this.#lines.next();
          if (line.done === true) throw new Error("qemu closed its control socket");
          const received = message.parse(JSON.parse(line.value));
          if (wanted(received)) return received;
        }
      })(),
    );
  }
}
