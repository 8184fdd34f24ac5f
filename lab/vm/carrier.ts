import { qemu } from "./qemu/carrier";
import { userModeLinux } from "./uml/carrier";
import type { Accelerator } from "./accelerator";
import type { ImageFiles, MachineFiles } from "./paths";

/** States that the image itself has, a tree for each: its hosts after their first boot, without and with the packages of `poolPackages` in tree.ts. */
export const imageStates = ["bare", "packaged"] as const;

/** One of them. */
export type ImageState = (typeof imageStates)[number];

/** What a machine is made of: the disk of a kept state fits only one made of the same. */
export interface Machine {
  readonly image: ImageFiles;
  readonly hosts: number;
  readonly accelerator: Accelerator["accelerator"];
  /** The kernel of accelerator `uml`. */
  readonly kernel?: string | undefined;
}

/** Whoever waits for a machine. */
export interface Waiting {
  /** Told what the machine did last. */
  readonly note: (doing: string) => void;
  /** Ends the start; nothing is left running. */
  readonly signal?: AbortSignal | undefined;
}

/** How a machine is started. */
export interface StartOptions extends Waiting {
  /** What its hosts boot in, from a disk that is empty; undefined: they go on from what is in `files.disk`. */
  readonly state?: ImageState | undefined;
  /** The VM's SSH on 127.0.0.1, the hosts' follow; undefined: nobody gets in. */
  readonly portBase?: number | undefined;
  /** Whether the machine is killed when this program ends, even if this program is killed. */
  readonly endsWithUs: boolean;
}

/** What the guest's scripts read on the kernel's command line. */
export function labWords(hosts: number, state?: ImageState): readonly string[] {
  return [`lab.hosts=${hosts}`, ...(state === undefined ? [] : [`lab.tree=${state}`])];
}

/** Disks of the image's states, for machines that can go on from one sooner than they boot. */
export interface ImageDisks {
  /** Where one is cached. */
  path(machine: Machine, state: ImageState): string;
  /** Makes `files.disk` that disk, by the first boot of a machine, which is left for `stop`. */
  make(machine: Machine, files: MachineFiles, state: ImageState, waiting: Waiting): Promise<void>;
}

/** What carries the tree of a lab: it runs the VM with its hosts from a disk, and ends it. */
export interface Carrier {
  /** Absent where a machine boots in the image's states. */
  readonly imageDisks?: ImageDisks;
  /** Runs a machine and returns when its hosts have booted. On failure nothing is left running. */
  start(machine: Machine, files: MachineFiles, options: StartOptions): Promise<void>;
  /**
   * Halts the machine for a copy of `files.disk`, from which another one starts with all that was written by now.
   *
   * @param vm runs a command in the VM
   */
  suspend(files: MachineFiles, vm: (command: string) => Promise<unknown>): Promise<void>;
  /** Goes on after `suspend`. */
  resume(machine: Machine, files: MachineFiles, options: StartOptions): Promise<void>;
  /** The pid of what runs the machine, if it runs. A pid that has since become another program's is none. */
  pid(files: MachineFiles): number | undefined;
  /** Ends the machine at once, if it runs. Says whether it did. */
  stop(files: MachineFiles): Promise<boolean>;
  /** Starts a machine to be at hand later, which nobody can get in to yet; absent where a start takes no time anyway. */
  startSpare?(
    machine: Machine,
    files: MachineFiles,
    options: Pick<StartOptions, "portBase" | "endsWithUs" | "state">,
  ): Promise<void>;
  /** Waits until the hosts of a spare machine have booted, and lets in to them. */
  takeSpare?(machine: Machine, files: MachineFiles, options: StartOptions): Promise<void>;
}

/** What carries a machine with this accelerator. */
export function carrierOf(accelerator: Accelerator["accelerator"]): Carrier {
  return accelerator === "uml" ? userModeLinux : qemu;
}
