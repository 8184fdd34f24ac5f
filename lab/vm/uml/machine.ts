import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { labWords, type ImageState, type Machine } from "../carrier";
import type { MachineFiles } from "../paths";
import { startProcess, type ProcessOptions } from "../startProcess";
import { endProcess, pidIn } from "../stop";
import { poll } from "../wait";

/** Memory of the guest: what it does not use takes none of this computer's. */
const memoryMegabytes = 3072;

/** The guest never waits for this computer's disk, as qemu's does not with `cache=unsafe`: what it writes need not outlive this computer's kernel. */
const rootFlags = "rootflags=barrier=0";

/** What a machine is started with beside what it is made of. */
export interface MachineStart extends Pick<ProcessOptions, "endsWithUs"> {
  /** Number of the processor that all of it runs on: a kernel without SMP and its processes take turns, and wake each other sooner on one. */
  readonly processor: number;
  /** See nice(1): 0 to 19. */
  readonly niceness: number;
  /** What the hosts boot in; undefined: what the disk says. */
  readonly state: ImageState | undefined;
}

/**
 * Starts the kernel in the background, in namespaces of its own: no network but the link to the guest, and no process outlives the first, which ends with `unshare`.
 * Returns when the first one is there.
 */
export async function startMachine(machine: Machine, files: MachineFiles, start: MachineStart): Promise<void> {
  const name = `lab-${randomBytes(6).toString("hex")}`;
  const args = [
    ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]),
    ...["--net", "--pid", "--fork", "--kill-child"],
    ...["sh", join(__dirname, "machine.sh")],
    ...["nice", "-n", String(start.niceness), "taskset", "-c", String(start.processor)],
    ...kernelCommand(machine, name, start.state),
  ];
  const unshare = startProcess("unshare", args, {
    cwd: files.folder,
    log: files.console,
    endsWithUs: start.endsWithUs,
    env: { TMPDIR: "/dev/shm" },
  });
  if (unshare.pid !== undefined) writeFileSync(files.pid, `${unshare.pid} ${name}\n`);
  const there = await poll(60, 0.01, () => {
    if (unshare.hasEnded()) return false;
    return firstProcess(files) === undefined ? undefined : true;
  });
  if (there !== true)
    throw new Error(`the lab's machine did not start:\n${readFileSync(files.console, "utf8").trim()}`);
}

function kernelCommand({ image, hosts, kernel }: Machine, name: string, state?: ImageState): readonly string[] {
  if (kernel === undefined) throw new Error("no User-Mode Linux kernel was found");
  // `c`: without locks, of which qemu would take the one on the image that both read for that of a writer.
  const disk = `ubd0c=disk,${image.disk}`;
  return [
    kernel,
    ...[`mem=${memoryMegabytes}M`, "seccomp=on", disk, "root=/dev/ubda", "rw", rootFlags],
    ...["con=null", "ssl=null", "con0=null,fd:1", `umid=${name}`, "uml_dir=."],
    ...["vec0:transport=raw,ifname=guest,mac=52:54:00:00:01:01", "net.ifnames=0", "quiet", "panic=-1"],
    ...labWords(hosts, state),
  ];
}

/** The pid of the `unshare` that the machine ends with, if it runs. */
export function machinePid(files: MachineFiles): number | undefined {
  return pidIn(files.pid, (args) => args.includes(`umid=${nameOf(files)}`));
}

function nameOf(files: MachineFiles): string | undefined {
  return readFileSync(files.pid, "utf8").trim().split(" ")[1];
}

/** The pid of the machine's first process, which is in its namespaces; undefined until it is there. */
export function firstProcess(files: MachineFiles): number | undefined {
  const pid = machinePid(files);
  if (pid === undefined) return undefined;
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  return child === undefined || child === "" ? undefined : Number(child);
}

/** Ends the machine at once, if it runs. Says whether it did. */
export async function stopMachine(files: MachineFiles): Promise<boolean> {
  const first = firstProcess(files);
  const ran = await endProcess(files.pid, () => machinePid(files), ["SIGKILL"]);
  // Its last thread goes after all other processes of its namespace: the ports are free then.
  const gone = await poll(60, 0.02, () => (first === undefined || hasEnded(first) ? true : undefined));
  if (gone !== true) throw new Error(`the lab's machine, pid ${first ?? 0}, cannot be ended`);
  return ran;
}

/** Whether a process has no thread any more. Its parent may not have asked for its status yet. */
function hasEnded(pid: number): boolean {
  try {
    const zombie = /^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    return zombie && readdirSync(`/proc/${pid}/task`).length === 1;
  } catch {
    return true;
  }
}
