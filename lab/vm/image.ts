import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { labHosts, maxHosts } from "./address";
import { buildingPrefix, contentKey, folderContent, prune, touch } from "./cache";
import { makeKeys } from "./key";
import { findMirror, releases, type Mirror, type Release } from "./mirror";
import { cacheFolder } from "../cacheFolder";
import { guestFolder, imageFiles, type ImageFiles } from "./paths";
import { indexPool } from "./pool";
import type { Steps } from "../progress";
import { checkMayBuild } from "./requirements";
import { run } from "../run";
import { hostTree, makeTree, poolPackages, treeArguments, vmTree } from "./tree";

/** Raised when the way an image is put together changes in this file. */
const layout = 4;

/** Prepared hosts in an image; how many of them run is decided at start. */
const hosts = labHosts(maxHosts, 0);

/** The name in the cache of the image that these packages and the guest's files make. */
export function imageKey(mirror: Mirror): string {
  return contentKey({
    layout,
    mirror: mirror.lines,
    trees: [...releases.map(hostTree), vmTree].map(treeArguments),
    hosts,
    guest: folderContent(guestFolder),
  });
}

/** The image for this checkout, built if the cache does not have it. The cache must be locked. */
export async function ensureImage(steps: Steps, signal?: AbortSignal): Promise<ImageFiles> {
  const mirror = await findMirror();
  const cache = cacheFolder("lab");
  const folder = join(cache, imageKey(mirror));
  if (!existsSync(folder)) {
    checkMayBuild();
    prune(cache, folder);
    steps.say(
      `no image in ${cache} for this checkout: building one (about a minute and a half, and 400 MB of packages)`,
    );
    const building = join(cache, `${buildingPrefix}${process.pid}`);
    mkdirSync(building, { mode: 0o700 });
    try {
      await build(building, mirror, steps, signal);
      renameSync(building, folder);
    } finally {
      rmSync(building, { recursive: true, force: true });
    }
  }
  touch(folder);
  return imageFiles(folder);
}

async function build(folder: string, mirror: Mirror, steps: Steps, signal?: AbortSignal): Promise<void> {
  const parts = join(folder, "parts");
  mkdirSync(parts);
  await steps.step("Debian trees of the hosts and of the VM", async (note) => {
    // Together, as all wait for the network; if one fails the others are not left running.
    const all = new AbortController();
    const options = { note, signal: AbortSignal.any([all.signal, ...(signal === undefined ? [] : [signal])]) };
    mkdirSync(join(parts, "apt"));
    const makeHost = async (release: Release): Promise<void> => {
      const poolFolder = join(parts, "apt", release);
      await makeTree(hostTree(release), mirror, { tar: join(parts, `${release}.tar`), poolFolder }, options);
      await indexPool(poolFolder);
    };
    const trees = [makeTree(vmTree, mirror, { tar: join(parts, "vm.tar") }, options), ...releases.map(makeHost)];
    try {
      await Promise.all(trees);
    } finally {
      all.abort();
      await Promise.allSettled(trees);
    }
  });
  makeKeys(join(folder, "keys"), ["vm", ...hosts.map(({ name }) => name)]);
  cpSync(join(folder, "keys"), join(parts, "keys"), { recursive: true });
  cpSync(guestFolder, join(parts, "guest"), { recursive: true });
  writeFileSync(join(parts, "hosts"), hosts.map(({ number, release }) => `${number} ${release}\n`).join(""));
  writeFileSync(join(parts, "packages"), `${poolPackages.join(" ")}\n`);
  await steps.step("disk of the VM", () => assemble(folder, parts, signal));
}

/** In a user namespace, whose root may not be able to read this user's folders: all goes in and out as a tar. */
const assembler = `
set -eu
folder=$(mktemp --directory)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
cd "$folder"
tar --extract --file=-
sh guest/assemble.sh >&2
tar --create --sparse --owner=0 --group=0 --file=- disk.raw vmlinuz initrd.img
`;

async function assemble(folder: string, parts: string, signal?: AbortSignal): Promise<void> {
  const [input, output] = [join(folder, "in.tar"), join(folder, "out.tar")];
  const limits = { timeoutSeconds: 300, signal };
  await run("tar", ["--create", "--owner=0", "--group=0", `--file=${input}`, `--directory=${parts}`, "."], limits);
  rmSync(parts, { recursive: true });
  await run("mmdebstrap", ["--unshare-helper", "sh", "-c", assembler], {
    ...limits,
    cwd: "/",
    stdinFile: input,
    stdoutFile: output,
  });
  rmSync(input);
  await run("tar", ["--extract", "--no-same-owner", `--file=${output}`, `--directory=${folder}`], limits);
  rmSync(output);
}
