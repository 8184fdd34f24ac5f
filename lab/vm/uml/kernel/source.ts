import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, type RunOptions } from "../../../run";
import { findMirror } from "../../mirror";

/** A Debian package with the source of Linux. */
export interface KernelSource {
  /** As `linux-source-6.16`. */
  readonly name: string;
  /** Of the package. */
  readonly version: string;
}

/** A package whose source is here. */
export interface DownloadedSource extends KernelSource {
  /** The source, compressed by xz(1). */
  readonly tar: string;
}

/** The release whose backports have a kernel that is new enough, for all releases. */
const release = "trixie";

/** From this Linux on, User-Mode Linux knows `seccomp=on`; the older way is eight times slower at fork. */
const oldestLinux = [6, 16] as const;

type LinuxVersion = readonly [number, number];

function isOlder([major, minor]: LinuxVersion, than: LinuxVersion): boolean {
  return major < than[0] || (major === than[0] && minor < than[1]);
}

/**
 * The package with the newest Linux in the output of `apt-cache search`.
 * @returns undefined if there is none that User-Mode Linux can be built from for the lab.
 */
export function newestSource(search: string): string | undefined {
  let newest: { name: string; version: LinuxVersion } | undefined;
  for (const [, name = "", major, minor] of search.matchAll(/^(linux-source-(\d+)\.(\d+)) /gm)) {
    const version = [Number(major), Number(minor)] as const;
    if (!isOlder(version, newest?.version ?? oldestLinux)) newest = { name, version };
  }
  return newest?.name;
}

/** The sources.list line for the backports among the lines of a mirror for the release itself. */
export function backportsLine(lines: readonly string[]): string | undefined {
  const uri = lines.find((line) => line.endsWith(` ${release} main`))?.split(" ")[1];
  if (uri === undefined) return undefined;
  return `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${uri} ${release}-backports main`;
}

/** An apt of its own in `folder`, which knows the backports and nothing of this machine's packages. */
async function makeApt(folder: string, options: RunOptions): Promise<readonly string[]> {
  const line = backportsLine((await findMirror()).lines[release]);
  if (line === undefined) {
    throw new Error("apt on this machine has no Debian mirror, and so none with linux-source: see sources.list(5)");
  }
  for (const part of ["lists/partial", "cache/archives/partial"]) mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, "sources.list"), `${line}\n`);
  const settings = {
    "Dir::Etc::sourcelist": join(folder, "sources.list"),
    "Dir::Etc::sourceparts": "-",
    "Dir::State::lists": join(folder, "lists"),
    "Dir::State::status": "/dev/null",
    "Dir::Cache": join(folder, "cache"),
    "Acquire::Languages": "none",
    // The folder may be one that apt's own user cannot get into.
    "APT::Sandbox::User": "root",
    // Where progress goes: stderr.
    "APT::Status-Fd": "2",
  };
  const apt = Object.entries(settings).map(([key, value]) => `--option=${key}=${value}`);
  try {
    await run("apt-get", [...apt, "update", "--error-on=any"], options);
  } catch (error) {
    throw new Error(`no package lists from "${line}"\n${String(error)}`, { cause: error });
  }
  return apt;
}

/** Downloads the newest source of Linux into `folder`. @throws if there is no mirror with one that is new enough. */
export async function downloadSource(folder: string, options: RunOptions): Promise<DownloadedSource> {
  const apt = await makeApt(join(folder, "apt"), options);
  const found = await run("apt-cache", [...apt, "search", "--names-only", "^linux-source-[0-9]"], options);
  const name = newestSource(found);
  if (name === undefined) {
    const what = `User-Mode Linux in seccomp mode needs Linux ${oldestLinux.join(".")}`;
    throw new Error(
      `${what}, and ${release}-backports has ${found.trim() === "" ? "no linux-source" : `only:\n${found}`}`,
    );
  }
  const shown = await run("apt-cache", [...apt, "show", "--no-all-versions", name], options);
  const version = /^Version: (.+)$/m.exec(shown)?.[1];
  if (version === undefined) throw new Error(`apt-cache show ${name} tells no version:\n${shown}`);
  await run("apt-get", [...apt, "download", name], { ...options, cwd: folder });
  await run("sh", ["-c", "dpkg-deb --extract linux-source-*.deb package && rm linux-source-*.deb"], {
    ...options,
    cwd: folder,
  });
  return { name, version, tar: join(folder, "package", "usr", "src", `${name}.tar.xz`) };
}
