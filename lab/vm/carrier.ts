import { qemu } from "./qemu/carrier";
import { userModeLinux } from "./uml/carrier";
import type { Accelerator } from "./accelerator";
import type { ImageFiles, MachineFiles } from "./paths";

/** States that the image itself has: its hosts after their first boot, without and with the packages of {@link poolPackages}. */
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

/** How a machine is started. */
export interface StartOptions {
  /** The VM's SSH on 127.0.0.1, the hosts' follow; undefined: nobody gets in. */
  readonly portBase?: number | undefined;
  /** Whether the machine is killed when this program ends, even if this program is killed. */
  readonly endsWithUs: boolean;
  /** Told what the machine did last. */
  readonly note: (doing: string) => void;
  /** Ends the start; nothing is left running. */
  readonly signal?: AbortSignal | undefined;
}

/** What carries the tree of a lab: it runs the VM with its hosts from a disk, and ends it. */
export interface Carrier {
  /** Where the disk of one of the image's states is cached; undefined where a machine of that state starts without one. */
  imageDisk(machine: Machine, state: ImageState): string | undefined;
  /** Makes `files.disk` that disk, by the first boot of a machine, which has ended then, or is left for `stop`. */
  makeImageDisk(
    machine: Machine,
    files: MachineFiles,
    state: ImageState,
    options: Pick<StartOptions, "note" | "signal">,
  ): Promise<void>;
  /** Runs a machine from `files.disk` and returns when its hosts have booted. On failure nothing is left running. */
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
    options: Pick<StartOptions, "portBase" | "endsWithUs">,
  ): Promise<void>;
  /** Waits until the hosts of a spare machine have booted, and lets in to them. */
  takeSpare?(machine: Machine, files: MachineFiles, options: StartOptions): Promise<void>;
}

/** What carries a machine with this accelerator. */
export function carrierOf(accelerator: Accelerator["accelerator"]): Carrier {
  return accelerator === "uml" ? userModeLinux : qemu;
}
