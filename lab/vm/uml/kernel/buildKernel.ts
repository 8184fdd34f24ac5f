import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import { cacheFolder } from "../../../cacheFolder";
import { withLock } from "../../../lock";
import type { Steps } from "../../../progress";
import { run, type RunOptions } from "../../../run";
import { buildingPrefix, contentKey, folderContent, prune, touch } from "../../cache";
import { checkMachine, ensurePackages } from "../../requirements";
import { missingSettings } from "./settings";
import { downloadSource, type DownloadedSource, type KernelSource } from "./source";

/** Debian packages that the build takes. */
const packages = ["make", "gcc", "libc6-dev", "flex", "bison", "bc", "patch", "xz-utils", "debian-archive-keyring"];

/** Five minutes on two idle cores; a slow network and a busy machine take far longer. */
const buildSeconds = 60 * 60;

/** So many files are compiled, about. */
const files = 1100;

/** Not unpacked: drivers that no configuration of User-Mode Linux compiles, and documents. What configures them must be there. */
const unused = ["Documentation/*/*", "tools/testing/*"].concat(
  [
    "drivers/gpu",
    "drivers/media",
    "drivers/net/ethernet",
    "drivers/net/wireless",
    "drivers/scsi",
    "drivers/staging",
    "sound",
  ].map((folder) => `${folder}/*.[chS]`),
);

/** Raised when the way a kernel is built changes in this file. */
const layout = 1;

/** Name of this checkout's kernels in the cache, but for the version of Linux, which is the newest at the time of the build. */
export function kernelKey(): string {
  const inputs = folderContent(__dirname).filter(({ path }) => !path.endsWith(".ts"));
  return contentKey({ layout, inputs });
}

/** Whether the kernel in that folder is as it was when it was built. */
function isIntact(folder: string): boolean {
  try {
    return readFileSync(join(folder, "linux.sha256"), "utf8") === checksumLine(join(folder, "linux"));
  } catch {
    return false;
  }
}

/** As sha256sum(1) has it. */
function checksumLine(file: string): string {
  return `${createHash("sha256").update(readFileSync(file)).digest("hex")}  ${basename(file)}\n`;
}

/** The newest User-Mode Linux kernel for this checkout that has been built here. @returns undefined if none was, or its checksum is wrong. */
export function umlKernel(cache = cacheFolder("kernel")): string | undefined {
  const key = `${kernelKey()}-`;
  const built = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith(key)) : [];
  const newest = built
    .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
    .map((name) => join(cache, name))
    .find(isIntact);
  return newest === undefined ? undefined : join(newest, "linux");
}

/** What there is to say of a kernel in the cache. */
export interface KernelDescription {
  /** The version of the package that Linux came from. */
  readonly linux: string;
  readonly bytes: number;
  /** Of the file, in hexadecimal digits. */
  readonly sha256: string;
}

/** Describes a kernel, given by its path in the cache. */
export function describeKernel(path: string): KernelDescription {
  const folder = dirname(path);
  return {
    linux: basename(folder).replace(/^[0-9a-f]+-/, ""),
    bytes: statSync(path).size,
    sha256: readFileSync(join(folder, "linux.sha256"), "utf8").slice(0, 64),
  };
}

/**
 * Gives the path of the lab's User-Mode Linux kernel, which is built first where the cache has none for this checkout.
 * @throws if this machine has no packages to build it from or with, or if Linux does not know a line of `config` any more. Nothing is left running or half-made.
 */
export async function buildKernel(steps: Steps, signal?: AbortSignal): Promise<string> {
  const cache = cacheFolder("kernel");
  const waiting = (): void => {
    steps.say("waiting for another program that builds a kernel");
  };
  const work = async (): Promise<string> => umlKernel(cache) ?? (await build(cache, steps, signal));
  const kernel = await withLock(join(cache, "lock"), buildSeconds, work, waiting);
  touch(dirname(kernel));
  return kernel;
}

async function build(cache: string, steps: Steps, signal?: AbortSignal): Promise<string> {
  checkMachine();
  await ensurePackages(packages, steps, signal);
  const building = join(cache, `${buildingPrefix}${process.pid}`);
  prune(cache, building);
  mkdirSync(building, { mode: 0o700 });
  try {
    const options = { timeoutSeconds: buildSeconds, signal };
    const source = await steps.step("download of Linux (170 MB)", (note) =>
      downloadSource(building, { ...options, onLine: note }),
    );
    const finished = join(building, "finished");
    mkdirSync(finished);
    await compile(building, source, join(finished, "linux"), steps, options);
    writeFileSync(join(finished, "linux.sha256"), checksumLine(join(finished, "linux")));
    const folder = join(cache, `${kernelKey()}-${source.version}`);
    rmSync(folder, { recursive: true, force: true }); // one whose checksum is wrong
    renameSync(finished, folder);
    return join(folder, "linux");
  } finally {
    await steps.step("remove the source", () => rm(building, { recursive: true, force: true }));
  }
}

async function compile(
  building: string,
  source: DownloadedSource,
  kernel: string,
  steps: Steps,
  options: RunOptions,
): Promise<void> {
  const tree = join(building, "linux");
  for (const name of ["config", "cpuinfo.patch", "cc.sh", "precompiled.h"])
    copyFileSync(join(__dirname, name), join(building, name));
  const inTree = { ...options, cwd: tree, env: buildEnvironment(source) };
  const make = (note: (doing: string) => void, ...targets: string[]): Promise<string> => {
    const common = ["ARCH=um", "CC=sh ../cc.sh", `--jobs=${availableParallelism()}`];
    // To stderr, which is read line by line.
    return run("sh", ["-c", 'exec make "$@" >&2', "make", ...common, ...targets], { ...inTree, onLine: note });
  };

  await steps.step(`unpack ${source.name} ${source.version}`, async () => {
    mkdirSync(tree);
    const excluded = unused.map((pattern) => `--exclude=${source.name}/${pattern}`);
    await run("tar", ["--extract", "--xz", `--file=${source.tar}`, "--strip-components=1", ...excluded], inTree);
    rmSync(source.tar);
    await run("patch", ["--strip=1", "--forward", "--batch", "--input=../cpuinfo.patch"], inTree);
  });
  await steps.step("configure", async (note) => {
    await make(note, "KCONFIG_ALLCONFIG=../config", "allnoconfig");
    const missing = missingSettings(
      readFileSync(join(building, "config"), "utf8"),
      readFileSync(join(tree, ".config"), "utf8"),
    );
    if (missing.length > 0) {
      throw new Error(`${source.name} cannot have these settings of lab/vm/uml/kernel/config: ${missing.join(" ")}`);
    }
    await make(note, "prepare");
    writeFileSync(join(tree, "init", "precompiled.c"), "");
    await make(note, "init/precompiled.o");
  });
  await steps.step("compile", async (note) => {
    let compiled = 0;
    const count = (line: string): void => {
      const file = /^ {2}CC +(\S+)$/.exec(line)?.[1];
      if (file !== undefined) note(`${Math.min(Math.round((100 * ++compiled) / files), 99)} % ${file}`);
    };
    await make(count, "linux");
    await run("strip", ["-o", kernel, "linux"], inTree);
  });
}

/** What the kernel says of itself: its package, and nothing of this machine. */
function buildEnvironment({ version }: KernelSource): NodeJS.ProcessEnv {
  return {
    ...process.env,
    KBUILD_BUILD_USER: "lab",
    KBUILD_BUILD_HOST: "fullmesh",
    KBUILD_BUILD_TIMESTAMP: `Debian ${version}`,
  };
}
