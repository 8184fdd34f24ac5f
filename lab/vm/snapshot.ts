import { constants, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { buildingPrefix, contentKey } from "./cache";
import { Monitor } from "./monitor";
import type { Steps } from "../progress";
import { machineFiles } from "./paths";
import { machineArguments, machinePid, startMachine, stopMachine, type Machine } from "./qemu";
import { run } from "../run";
import { poll } from "./wait";

/** Name, in the disk, of the state in which all hosts have just booted. */
export const pristine = "pristine";

/**
 * Time for a VM to boot and its hosts to answer. On an emulated processor with two idle cores 4 hosts take half a
 * minute; with other work on those cores, several times that.
 */
const bootSeconds = 600;

/**
 * The disk, in the image's folder, with the state of this machine after its boot; made if it is not there.
 * The cache must be locked.
 */
export async function ensureSnapshot(machine: Machine, steps: Steps, signal?: AbortSignal): Promise<string> {
  const version = (await run("qemu-system-x86_64", ["--version"], { timeoutSeconds: 20 })).split("\n")[0];
  // With KVM a state fits only the processor model that it was made on.
  const processor = machine.accelerator === "kvm" ? cpus()[0]?.model : undefined;
  const key = contentKey({ version, processor, arguments: machineArguments(machine) });
  const snapshot = join(machine.image.folder, `${machine.hosts}-hosts-${machine.accelerator}-${key}.qcow2`);
  if (existsSync(snapshot)) return snapshot;

  const files = machineFiles(join(machine.image.folder, `${buildingPrefix}snapshot`));
  await stopMachine(files); // of a boot whose program was killed
  rmSync(files.folder, { recursive: true, force: true });
  mkdirSync(files.folder, { mode: 0o700 });
  try {
    await createDisk(machine, files.disk);
    await steps.step(`first boot of the VM and its ${machine.hosts} hosts`, async (note) => {
      await startMachine(machine, files, { signal });
      await booted(files, note, signal);
      await Monitor.use(files.monitor, async (monitor) => {
        await monitor.saveSnapshot(pristine);
        await monitor.execute("quit");
      });
      // Only after its end is all of the disk in the file.
      await poll(20, 0.05, () => (machinePid(files) === undefined ? true : undefined));
    });
    await stopMachine(files);
    renameSync(files.disk, snapshot);
  } finally {
    await stopMachine(files);
    rmSync(files.folder, { recursive: true, force: true });
  }
  return snapshot;
}

/** Puts a disk of one's own, with the snapshot in it, at `disk`: qemu finds no snapshots behind an overlay. */
export function copySnapshot(snapshot: string, disk: string): void {
  rmSync(disk, { force: true });
  copyFileSync(snapshot, disk, constants.COPYFILE_FICLONE);
}

async function createDisk(machine: Machine, disk: string): Promise<void> {
  const args = ["create", "-q", "-f", "qcow2", "-F", "raw", "-b", machine.image.disk, disk];
  await run("qemu-img", args, { timeoutSeconds: 30 });
}

/** Waits for what guest/vm/usr/local/sbin/lab-hosts reports on the console. */
async function booted(
  files: Parameters<typeof machinePid>[0],
  note: (doing: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const probe = () => {
    const text = existsSync(files.console) ? readFileSync(files.console, "utf8") : "";
    const reports = [...text.matchAll(/^lab: (.*?)\r?$/gm)].map((match) => match[1] ?? "");
    const last = reports.at(-1) ?? "the VM boots";
    note(last);
    if (last === "ready") return { ready: true, text };
    return last.startsWith("failed") || machinePid(files) === undefined ? { ready: false, text } : undefined;
  };
  const found = await poll(bootSeconds, 0.2, probe, signal);
  if (found?.ready === true) return;
  const console = existsSync(files.console) ? readFileSync(files.console, "utf8") : "";
  const tail = console.trimEnd().split("\n").slice(-30).join("\n  ");
  throw new Error(
    `the hosts did not boot${found === undefined ? ` within ${bootSeconds} s` : ""}; the VM's console:\n  ${tail}`,
  );
}
