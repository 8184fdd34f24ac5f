import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { labWords, type ImageState, type Machine } from "../carrier";
import type { MachineFiles } from "../paths";
import { forwards } from "../ports";
import { startProcess, type ProcessOptions } from "../startProcess";
import { endProcess, pidIn } from "../stop";
import { poll } from "../wait";
import { Monitor } from "./monitor";

/** The part of qemu's arguments that its snapshots depend on. */
export function machineArguments({ image, hosts, accelerator }: Machine, state?: ImageState): string[] {
  const processor =
    accelerator === "kvm"
      ? ["-accel", "kvm", "-cpu", "host"]
      : ["-accel", "tcg,thread=multi,tb-size=512", "-cpu", "max"];
  const kernel =
    "root=/dev/vda rw console=ttyS0 quiet mitigations=off net.ifnames=0 apparmor=0 selinux=0 audit=0 nowatchdog no_timer_check";
  return [
    ...["-machine", "q35", ...processor, "-smp", "2", "-m", hosts > 4 ? "4096" : "3072"],
    ...["-nodefaults", "-no-reboot", "-display", "none"],
    ...["-kernel", image.kernel, "-initrd", image.initrd, "-append", [kernel, ...labWords(hosts, state)].join(" ")],
    ...["-device", "virtio-blk-pci,drive=disk", "-device", "virtio-rng-pci"],
    ...["-device", "virtio-net-pci,netdev=net,mac=52:54:00:00:01:01,romfile="],
  ];
}

/** `-netdev` value: no way out, and in only from 127.0.0.1 to SSH. */
export function userNetwork(hosts: number, portBase: number): string {
  const rules = forwards(hosts, portBase).map(({ from, to }) => `hostfwd=tcp:127.0.0.1:${from}-10.0.2.15:${to}`);
  return ["user,id=net,restrict=on", ...rules].join(",");
}

/** Starts qemu in the background and returns when it runs the machine. On failure nothing is left running. */
export async function startMachine(
  machine: Machine,
  files: MachineFiles,
  options: Pick<ProcessOptions, "endsWithUs"> & {
    readonly portBase?: number | undefined;
    /** The state in the disk to go on from; none: the machine boots. */
    readonly snapshot?: string;
    /** What the hosts boot in; undefined: what the disk says. */
    readonly state?: ImageState;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<void> {
  rmSync(files.monitor, { force: true });
  const network =
    options.portBase === undefined ? "user,id=net,restrict=on" : userNetwork(machine.hosts, options.portBase);
  const args = [
    ...["-name", "fullmesh-lab", "-pidfile", files.pid],
    ...machineArguments(machine, options.state),
    ...["-drive", `file=${files.disk},if=none,id=disk,format=qcow2,cache=unsafe`],
    ...["-netdev", network, "-serial", `file:${files.console}`],
    ...["-qmp", "unix:qmp.sock,server=on,wait=off"], // relative: the path of a socket may have 107 bytes
    ...(options.snapshot === undefined ? [] : ["-loadvm", options.snapshot]),
  ];
  const { folder: cwd, log } = files;
  const qemu = startProcess("qemu-system-x86_64", args, { cwd, log, endsWithUs: options.endsWithUs });
  if (qemu.pid !== undefined) writeFileSync(files.pid, `${qemu.pid}\n`);
  try {
    const running = await poll(60, 0.1, async () => (qemu.hasEnded() ? false : await isRunning(files)), options.signal);
    if (running !== true) throw new Error(`qemu did not start:\n${readFileSync(files.log, "utf8").trim()}`);
  } catch (error) {
    await stopMachine(files);
    throw error;
  }
}

/** True once qemu answers that the machine runs; undefined before. */
async function isRunning(files: MachineFiles): Promise<true | undefined> {
  if (!existsSync(files.monitor)) return undefined;
  try {
    const status = await Monitor.use(files.monitor, (monitor) => monitor.execute("query-status"));
    return typeof status === "object" && status !== null && "running" in status && status.running === true
      ? true
      : undefined;
  } catch {
    return undefined; // not there yet: the caller's time is limited
  }
}

/** The pid of the machine's qemu, if it runs. */
export function machinePid(files: MachineFiles): number | undefined {
  return pidIn(files.pid, (args) => args[0]?.endsWith("qemu-system-x86_64") === true && args.includes(files.pid));
}

/** Ends the machine's qemu, if it runs. Says whether it did. */
export function stopMachine(files: MachineFiles): Promise<boolean> {
  return endProcess(files.pid, () => machinePid(files), ["SIGTERM", "SIGKILL"]);
}
