import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { ImageFiles } from "./paths";
import { cacheFolder, variable } from "../cacheFolder";
import { findKernel } from "./uml/findKernel";

/** What can run the VM's kernel, the fastest first. */
export const accelerators = ["kvm", "uml", "tcg"] as const;

/**
 * What runs the VM's kernel: this computer's processor in a virtual machine (kvm); the same in User-Mode Linux, whose kernel is a process (uml); or qemu's translation
 * (tcg), several times slower than either.
 */
export interface Accelerator {
  readonly accelerator: (typeof accelerators)[number];
  /** The kernel of `uml`. */
  readonly kernel?: string;
  /** Why it was chosen, and not a faster one. */
  readonly why: string;
}

const kvmAnswer = z.object({ boot: z.string(), works: z.boolean(), why: z.string() });

/** Whether KVM can be used, and why. */
type Kvm = Pick<z.infer<typeof kvmAnswer>, "works" | "why">;

/** A stock kernel is in its initramfs within two seconds, where it boots at all. */
const kernelSeconds = 15;

/** Values of `FULLMESH_ACCELERATOR`: `debian` stands for Debian's own kernel, whatever runs it. */
const wishes = [...accelerators, "debian"] as const;

/**
 * Finds out what there is: KVM, else a User-Mode Linux kernel, else TCG. `FULLMESH_ACCELERATOR` decides otherwise.
 * The cache must be locked.
 *
 * @throws if the one that is wanted cannot be had
 */
export async function findAccelerator(image: ImageFiles): Promise<Accelerator> {
  const wanted = variable("FULLMESH_ACCELERATOR");
  if (wanted !== undefined) return forced(wanted, image);
  const kvm = await findKvm(image);
  if (kvm.works) return { accelerator: "kvm", why: kvm.why };
  const kernel = await findKernel();
  if (kernel.path !== undefined) return { accelerator: "uml", kernel: kernel.path, why: `${kvm.why}; ${kernel.why}` };
  return { accelerator: "tcg", why: `${kvm.why}, and ${kernel.why}` };
}

async function forced(wanted: string, image: ImageFiles): Promise<Accelerator> {
  const accelerator = wishes.find((known) => known === wanted);
  const why = `FULLMESH_ACCELERATOR is ${wanted}`;
  switch (accelerator) {
    case undefined:
      throw new Error(`${why}: it must be one of ${wishes.join(", ")}`);
    case "tcg":
      return { accelerator, why };
    case "debian": {
      const kvm = await findKvm(image);
      return { accelerator: kvm.works ? "kvm" : "tcg", why: `${why}, and ${kvm.why}` };
    }
    case "kvm": {
      const kvm = await findKvm(image);
      if (!kvm.works) throw new Error(`${why}, but ${kvm.why}`);
      return { accelerator, why };
    }
    case "uml": {
      const kernel = await findKernel();
      if (kernel.path === undefined) throw new Error(`${why}, but ${kernel.why}`);
      return { accelerator, kernel: kernel.path, why };
    }
  }
}

/** Tries KVM once per boot of this computer: /dev/kvm may be there and no stock kernel boot. */
async function findKvm(image: ImageFiles): Promise<Kvm> {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const file = join(cacheFolder("lab"), "kvm.json");
  if (existsSync(file)) {
    const known = kvmAnswer.safeParse(JSON.parse(readFileSync(file, "utf8")));
    if (known.success && known.data.boot === boot) return known.data;
  }
  const found = await tryKvm(image);
  // A missing permission is given without a boot, and cheap to find out again.
  if (found.why !== noPermission) writeFileSync(file, JSON.stringify({ boot, ...found }));
  return found;
}

const noPermission = "no permission to use /dev/kvm (join the group kvm for the fastest lab)";

async function tryKvm(image: ImageFiles): Promise<Kvm> {
  if (!existsSync("/dev/kvm")) return { works: false, why: "there is no /dev/kvm" };
  try {
    accessSync("/dev/kvm", constants.R_OK | constants.W_OK);
  } catch {
    return { works: false, why: noPermission };
  }
  return (await bootsWithKvm(image))
    ? { works: true, why: "a stock kernel boots with it" }
    : { works: false, why: `with KVM a stock kernel does not boot within ${kernelSeconds} s` };
}

/** Boots the image's kernel without a disk, to the shell that its initramfs then gives. */
async function bootsWithKvm(image: ImageFiles): Promise<boolean> {
  const machine = ["-machine", "q35", "-accel", "kvm", "-cpu", "host", "-smp", "2", "-m", "512"];
  const kernel = ["-kernel", image.kernel, "-initrd", image.initrd, "-append", "console=ttyS0 panic=-1 break=top"];
  const plain = ["-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio"];
  const qemu = spawn("qemu-system-x86_64", [...machine, ...kernel, ...plain], { stdio: ["ignore", "pipe", "ignore"] });
  return new Promise((resolve) => {
    let said = "";
    const finish = (booted: boolean) => {
      clearTimeout(limit);
      qemu.kill("SIGKILL");
      resolve(booted);
    };
    const limit = setTimeout(() => {
      finish(false);
    }, kernelSeconds * 1000);
    qemu.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("(initramfs)")) finish(true);
    });
    qemu.on("error", () => {
      finish(false);
    });
    qemu.on("exit", () => {
      finish(false);
    });
  });
}
