import { cpus } from "node:os";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { booted } from "../booted";
import { contentKey } from "../cache";
import type { Carrier, ImageState, Machine, StartOptions } from "../carrier";
import type { MachineFiles } from "../paths";
import { run } from "../../run";
import { poll } from "../wait";
import { machineArguments, machinePid, startMachine, stopMachine } from "./machine";
import { Monitor } from "./monitor";

/** Name, in each disk, of the machine's state that it holds with its memory: a machine goes on from there in two seconds. */
const snapshot = "kept";

/** qemu, with KVM or TCG. */
export const qemu: Carrier = {
  imageDisks: {
    path: pathOf,

    async make(machine, files, state, { note, signal }) {
      await createDisk(machine, files.disk);
      await startMachine(machine, files, { signal, endsWithUs: true, state });
      await booted(files.console, () => machinePid(files) !== undefined, note, signal);
      await suspend(files);
    },
  },

  start,
  suspend,
  resume: start,
  pid: machinePid,
  stop: stopMachine,
};

function start(machine: Machine, files: MachineFiles, { portBase, endsWithUs, signal }: StartOptions): Promise<void> {
  return startMachine(machine, files, { portBase, endsWithUs, snapshot, signal });
}

/** Keeps the whole machine's state in its disk, and ends it: only after its end is all of the disk in the file. */
async function suspend(files: MachineFiles): Promise<void> {
  await Monitor.use(files.monitor, async (monitor) => {
    await monitor.saveSnapshot(snapshot);
    await monitor.execute("quit");
  });
  await poll(20, 0.05, () => (machinePid(files) === undefined ? true : undefined));
  await stopMachine(files);
}

function pathOf(machine: Machine, state: ImageState): string {
  const version = spawnSync("qemu-system-x86_64", ["--version"], { encoding: "utf8" }).stdout.split("\n")[0];
  // With KVM a state fits only the processor model that it was made on.
  const processor = machine.accelerator === "kvm" ? cpus()[0]?.model : undefined;
  const key = contentKey({ version, processor, arguments: machineArguments(machine) });
  return join(machine.image.folder, `${machine.hosts}-hosts-${machine.accelerator}-${state}-${key}.qcow2`);
}

async function createDisk(machine: Machine, disk: string): Promise<void> {
  const args = ["create", "-q", "-f", "qcow2", "-F", "raw", "-b", machine.image.disk, disk];
  await run("qemu-img", args, { timeoutSeconds: 30 });
}
