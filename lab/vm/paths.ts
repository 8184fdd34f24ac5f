import { existsSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { cacheFolder } from "../cacheFolder";

/** Root of the checkout that this file is in. */
const checkout = resolve(__dirname, "..", "..");

/** The lab's own files for inside the image. */
export const guestFolder = join(__dirname, "guest");

/** What one running lab needs and leaves: in the checkout, ignored by git. `.lab` may be a link, for worktrees that share a lab: they must agree on its path. */
export function runFolder(name: string): string {
  const folder = join(checkout, ".lab");
  return join(existsSync(folder) ? realpathSync(folder) : folder, name);
}

/** The files of a running machine, in a folder of its own. */
export function machineFiles(folder: string) {
  return {
    folder,
    disk: join(folder, "disk"),
    pid: join(folder, "pid"),
    monitor: join(folder, "qmp.sock"),
    console: join(folder, "console.log"),
    log: join(folder, "log"),
  } as const;
}

/** Paths of a running machine's files. */
export type MachineFiles = ReturnType<typeof machineFiles>;

/** The files of a run folder: its machine, a spare one, and how to get in. */
export function runFiles(name: string) {
  const folder = runFolder(name);
  return {
    folder,
    machine: machineFiles(join(folder, "machine")),
    spare: machineFiles(join(folder, "spare")),
    state: join(folder, "lab.json"),
    knownHosts: join(folder, "known_hosts"),
    key: join(folder, "id_ed25519"),
    // ssh(1) offers the key that it finds beside the private one: it must not be that of an older image.
    publicKey: join(folder, "id_ed25519.pub"),
    lock: join(folder, "lock"),
  } as const;
}

/** The files of a finished image in the cache. */
export function imageFiles(folder: string) {
  return {
    folder,
    disk: join(folder, "disk.raw"),
    kernel: join(folder, "vmlinuz"),
    initrd: join(folder, "initrd.img"),
    keys: join(folder, "keys"),
  } as const;
}

/** Paths in a finished image. */
export type ImageFiles = ReturnType<typeof imageFiles>;

/** The image of that name in the cache. */
export function cachedImage(name: string): ImageFiles {
  return imageFiles(join(cacheFolder("lab"), name));
}

/** Held by who makes something in the cache. */
export function cacheLock(): string {
  return join(cacheFolder("lab"), "lock");
}
