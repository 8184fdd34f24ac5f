import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Accelerator } from "./accelerator";

import { Monitor } from "./monitor";
import type { ImageFiles, runFiles } from "./paths";
import { poll } from "./wait";

/** What a machine is made of: a snapshot fits only one made of the same. */
export interface Machine {
  readonly image: ImageFiles;
  readonly hosts: number;
  readonly accelerator: Accelerator["accelerator"];
}

/** Where a machine keeps what it needs while it runs. */
export type MachineFiles = Pick<ReturnType<typeof runFiles>, "folder" | "disk" | "pid" | "monitor" | "console" | "log">;

/** The part of qemu's arguments that its snapshots depend on. */
export function machineArguments({ image, hosts, accelerator }: Machine): string[] {
  const processor = {
    kvm: ["-accel", "kvm", "-cpu", "host"],
    tcg: ["-accel", "tcg,thread=multi,tb-size=512", "-cpu", "max"],
  };
  const kernel =
    "root=/dev/vda rw console=ttyS0 quiet mitigations=off net.ifnames=0 apparmor=0 selinux=0 audit=0 nowatchdog no_timer_check";
  return [
    ...["-machine", "q35", ...processor[accelerator], "-smp", "2", "-m", hosts > 4 ? "4096" : "3072"],
    ...["-nodefaults", "-no-reboot", "-display", "none"],
    ...["-kernel", image.kernel, "-initrd", image.initrd, "-append", `${kernel} lab.hosts=${hosts}`],
    ...["-device", "virtio-blk-pci,drive=disk", "-device", "virtio-rng-pci"],
    ...["-device", "virtio-net-pci,netdev=net,mac=52:54:00:00:01:01,romfile="],
  ];
}

/** `-netdev` value: no way out, and in only from 127.0.0.1 to SSH: `portBase` is the VM's own, the hosts' follow. */
export function userNetwork(hosts: number, portBase: number): string {
  const guestPorts = [22, ...Array.from({ length: hosts }, (_, index) => 2201 + index)];
  const forwards = guestPorts.map((port, index) => `hostfwd=tcp:127.0.0.1:${portBase + index}-10.0.2.15:${port}`);
  return ["user,id=net,restrict=on", ...forwards].join(",");
}

/** @throws naming the port if one that the lab needs is taken. */
export async function checkPorts(hosts: number, portBase: number): Promise<void> {
  for (let port = portBase; port <= portBase + hosts; port++) {
    const server = createServer();
    const free = once(server, "listening").then(
      () => true,
      () => false,
    );
    server.listen(port, "127.0.0.1");
    if (!(await free)) {
      const range = `${portBase} to ${portBase + hosts}`;
      throw new Error(
        `port ${port} of 127.0.0.1 is in use by another program; the lab needs ${range}: stop it, or choose others with --port-base`,
      );
    }
    server.close();
    await once(server, "close");
  }
}

/** Starts qemu in the background and returns when it runs the machine. On failure nothing is left running. */
export async function startMachine(
  machine: Machine,
  files: MachineFiles,
  options: { readonly portBase?: number; readonly snapshot?: string; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  rmSync(files.monitor, { force: true });
  const network =
    options.portBase === undefined ? "user,id=net,restrict=on" : userNetwork(machine.hosts, options.portBase);
  const log = openSync(files.log, "w");
  const qemu = spawn(
    "qemu-system-x86_64",
    [
      ...["-name", "fullmesh-lab", "-pidfile", files.pid],
      ...machineArguments(machine),
      ...["-drive", `file=${files.disk},if=none,id=disk,format=qcow2,cache=unsafe`],
      ...["-netdev", network, "-serial", `file:${files.console}`],
      ...["-qmp", "unix:qmp.sock,server=on,wait=off"], // relative: the path of a socket may have 107 bytes
      ...(options.snapshot === undefined ? [] : ["-loadvm", options.snapshot]),
    ],
    { cwd: files.folder, detached: true, stdio: ["ignore", log, log] },
  );
  closeSync(log);
  qemu.unref();
  let ended = false;
  const gone = () => {
    ended = true;
  };
  qemu.on("exit", gone).on("error", gone);
  if (qemu.pid !== undefined) writeFileSync(files.pid, `${qemu.pid}\n`);
  try {
    const running = await poll(60, 0.1, async () => (ended ? false : await isRunning(files)), options.signal);
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

/** The pid of the machine's qemu, if it runs. A pid that has since become another program's is none. */
export function machinePid(files: MachineFiles): number | undefined {
  if (!existsSync(files.pid)) return undefined;
  const pid = Number.parseInt(readFileSync(files.pid, "utf8"), 10);
  try {
    const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return args[0]?.endsWith("qemu-system-x86_64") === true && args.includes(files.pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Ends the machine's qemu, if it runs. Says whether it did. */
export async function stopMachine(files: MachineFiles): Promise<boolean> {
  const pid = machinePid(files);
  if (pid !== undefined) {
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      if (machinePid(files) === pid) process.kill(pid, signal);
      if ((await poll(10, 0.05, () => (machinePid(files) === pid ? undefined : true))) === true) break;
    }
    if (machinePid(files) === pid) throw new Error(`qemu, pid ${pid}, cannot be ended`);
  }
  rmSync(files.pid, { force: true });
  return pid !== undefined;
}
