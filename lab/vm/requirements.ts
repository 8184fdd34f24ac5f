import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../cacheFolder";
import { withLock } from "../lock";
import { run } from "../run";
import type { Steps } from "../progress";

/** Debian packages that building and running the lab takes. e2fsprogs and util-linux are there on any Debian. */
const labPackages: readonly string[] = [
  "qemu-system-x86",
  "qemu-utils",
  "seabios",
  "ipxe-qemu",
  "mmdebstrap",
  "debian-archive-keyring",
  "dpkg-dev",
  "apt-utils",
  "uidmap",
  "e2fsprogs",
  "util-linux",
  "openssh-client",
];

/** Time for another program that installs packages, too. */
const installSeconds = 1200;

async function isInstalled(name: string): Promise<boolean> {
  try {
    const options = { timeoutSeconds: 30 };
    return (await run("dpkg-query", ["--show", "--showformat=${db:Status-Status}", name], options)) === "installed";
  } catch {
    return false;
  }
}

/** @throws if this machine cannot run the lab; installs the Debian packages that are missing. */
export async function ensureRequirements(steps: Steps, signal?: AbortSignal): Promise<void> {
  checkMachine();
  await ensurePackages(labPackages, steps, signal);
}

/** @throws if this machine is of a kind that the lab does not know. */
export function checkMachine(): void {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(`the lab needs Linux on amd64, this is ${process.platform} on ${process.arch}`);
  }
}

/** Installs those of the Debian packages that are missing. @throws with the command to do it by hand, if that does not go well. */
export async function ensurePackages(packages: readonly string[], steps: Steps, signal?: AbortSignal): Promise<void> {
  if (!existsSync("/usr/bin/dpkg-query")) {
    throw new Error(`this needs Debian or Ubuntu, for these packages: ${packages.join(" ")}`);
  }
  const installed = await Promise.all(packages.map(isInstalled));
  const missing = packages.filter((_, index) => installed[index] !== true);
  if (missing.length === 0) return;
  // apt waits for another's lock on what is installed, and not for that on its archives and lists.
  await withLock(join(cacheFolder("lab"), "apt.lock"), installSeconds, () => install(missing, steps, signal));
}

async function install(missing: readonly string[], steps: Steps, signal?: AbortSignal): Promise<void> {
  const root = process.getuid?.() === 0;
  const command = root ? "apt-get" : "sudo";
  const prefix = root ? [] : ["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  const common = [...prefix, "-q", "-y", "-o", "DPkg::Lock::Timeout=120"];
  const options = { timeoutSeconds: 600, env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, signal };
  steps.say(`installing Debian packages: ${missing.join(" ")}`);
  try {
    await steps.step("apt-get install", async (note) => {
      // A mirror of no concern to the lab may be out of order: let the install decide.
      await run(command, [...common, "update"], { ...options, onLine: note }).catch(() => undefined);
      await run(command, [...common, "install", "--no-install-recommends", ...missing], { ...options, onLine: note });
    });
  } catch (error) {
    const sudo = root ? "" : "sudo ";
    const by = `install them by hand:\n  ${sudo}apt-get install --no-install-recommends ${missing.join(" ")}`;
    throw new Error(`Debian packages could not be installed; ${by}\n${String(error)}`, { cause: error });
  }
}

/** @throws if this user may not build an image: without root it takes a range of subordinate ids, see subuid(5). */
export function checkMayBuild(): void {
  const { uid, username } = userInfo();
  if (uid === 0) return;
  for (const file of ["/etc/subuid", "/etc/subgid"]) {
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    if (!lines.some((line) => line.startsWith(`${username}:`) || line.startsWith(`${uid}:`))) {
      const command = `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${username}`;
      throw new Error(
        `${file} has no range for ${username}, without which no image can be built; add one:\n  ${command}`,
      );
    }
  }
}
