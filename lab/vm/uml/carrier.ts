import { readdirSync, readlinkSync } from "node:fs";
import { cpus, setPriority } from "node:os";
import { booted } from "../booted";
import type { Carrier, Machine, StartOptions } from "../carrier";
import type { MachineFiles } from "../paths";
import { forwards } from "../ports";
import { firstProcess, machinePid, startMachine, stopMachine, type MachineStart } from "./machine";
import { openGate } from "./openGate";

/** Flushes the file system and blocks writes until well after the signal that halts the machine: there is no journal to recover a copy with half of a write in it. */
const freeze = "fsfreeze --freeze / && { (sleep 5; fsfreeze --unfreeze /) >/dev/null 2>&1 </dev/null & }";

/** A spare machine boots in what time the others leave. */
const spareNiceness = 19;

/** User-Mode Linux: a kernel that is a process. It keeps no memory, so that each start is a boot from the disk. */
export const userModeLinux: Carrier = {
  async start(machine, files, options) {
    try {
      await startMachine(machine, files, startOf(options, 0));
      await letIn(machine, files, options);
    } catch (error) {
      await stopMachine(files);
      throw error;
    }
  },

  async suspend(files, vm) {
    await vm(freeze);
    signal(files, "SIGSTOP");
  },

  resume(_, files) {
    signal(files, "SIGCONT");
    return Promise.resolve();
  },

  pid: machinePid,
  stop: stopMachine,

  startSpare(machine, files, options) {
    return startMachine(machine, files, startOf(options, spareNiceness));
  },

  async takeSpare(machine, files, options) {
    hurry(files);
    await letIn(machine, files, options);
  },
};

/** Waits for the machine's hosts, and lets in to them. */
async function letIn(machine: Machine, files: MachineFiles, { portBase, note, signal }: StartOptions): Promise<void> {
  await booted(files.console, () => machinePid(files) !== undefined, note, signal);
  const process = firstProcess(files);
  if (process === undefined) throw new Error("the lab's machine ended");
  if (portBase !== undefined) await openGate(process, forwards(machine.hosts, portBase), files.log);
}

function startOf(options: Pick<StartOptions, "portBase" | "endsWithUs" | "state">, niceness: number): MachineStart {
  return { processor: processorOf(options), niceness, endsWithUs: options.endsWithUs, state: options.state };
}

/** The labs with port bases of their own are on processors of their own, as far as there are so many. */
function processorOf({ portBase = 0 }: Pick<StartOptions, "portBase">): number {
  return Math.floor(portBase / 100) % cpus().length;
}

/** Sends a signal to the kernel, which its hosts wait for. */
function signal(files: MachineFiles, name: NodeJS.Signals): void {
  const kernel = firstProcess(files);
  if (kernel === undefined) throw new Error("the lab's machine ended");
  process.kill(kernel, name);
}

/** Gives all processes of a spare machine the priority of others, where this user may. */
function hurry(files: MachineFiles): void {
  const first = firstProcess(files);
  if (first === undefined) return;
  const namespace = readlinkSync(`/proc/${first}/ns/pid`);
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (readlinkSync(`/proc/${entry}/ns/pid`) === namespace) setPriority(Number(entry), 0);
    } catch {
      // It has ended, is another user's, or this user may not.
    }
  }
}
