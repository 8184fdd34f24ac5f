import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { ImageFiles } from "./paths";
import { cacheFolder } from "../cacheFolder";

const answer = z.object({ boot: z.string(), accelerator: z.enum(["kvm", "tcg"]), why: z.string() });

/** What runs the VM's processor: the machine's own (kvm), or qemu's translation (tcg), about ten times slower. */
export type Accelerator = Pick<z.infer<typeof answer>, "accelerator" | "why">;

/** A stock kernel is in its initramfs within two seconds, where it boots at all. */
const kernelSeconds = 15;

/**
 * Finds out, once per boot of this machine, whether KVM works: /dev/kvm may be there and no stock kernel boot.
 * The cache must be locked.
 */
export async function findAccelerator(image: ImageFiles): Promise<Accelerator> {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const file = join(cacheFolder("lab"), "accelerator.json");
  if (existsSync(file)) {
    const known = answer.safeParse(JSON.parse(readFileSync(file, "utf8")));
    if (known.success && known.data.boot === boot) return known.data;
  }
  const found = await probe(image);
  // A missing permission is mended without a boot, and cheap to find out again.
  if (found.why !== noPermission) writeFileSync(file, JSON.stringify({ boot, ...found }));
  return found;
}

const noPermission = "no permission to use /dev/kvm: join the group kvm for a ten times faster lab";

async function probe(image: ImageFiles): Promise<Accelerator> {
  if (!existsSync("/dev/kvm")) return { accelerator: "tcg", why: "there is no /dev/kvm" };
  try {
    accessSync("/dev/kvm", constants.R_OK | constants.W_OK);
  } catch {
    return { accelerator: "tcg", why: noPermission };
  }
  return (await bootsWithKvm(image))
    ? { accelerator: "kvm", why: "a stock kernel boots with it" }
    : { accelerator: "tcg", why: `with KVM a stock kernel does not boot within ${kernelSeconds} s` };
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
