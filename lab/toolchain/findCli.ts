/** Looks for an installed Pulumi CLI. */
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import type { Steps } from "../progress";
import { run } from "../run";

/** An installed CLI. */
export interface InstalledCli {
  /** Absolute path, as found on PATH. */
  readonly path: string;
  /** Without the leading `v`. */
  readonly version: string;
}

/** The first CLI with the resource hooks that the program uses, and with all that SDK 3.248 asks of an engine. */
const OLDEST_VERSION = "3.200.0";

const VERSION_TIMEOUT_SECONDS = 30;

/** The first usable `pulumi` on PATH. Directories of our own cache do not count. */
export async function findCli(cache: string, steps: Steps): Promise<InstalledCli | undefined> {
  for (const directory of pathDirectories()) {
    const candidate = path.join(directory, "pulumi");
    if (isInside(cache, directory) || !isExecutable(candidate)) continue;
    const version = await cliVersion(candidate);
    if (version !== undefined && compareVersions(version, OLDEST_VERSION) >= 0) return { path: candidate, version };
    steps.say(
      version === undefined
        ? `${candidate} does not run: not used`
        : `${candidate} is version ${version}, older than ${OLDEST_VERSION}: not used`,
    );
  }
  return undefined;
}

/** The absolute directories of PATH. */
export function pathDirectories(): string[] {
  return (process.env.PATH ?? "").split(path.delimiter).filter((directory) => path.isAbsolute(directory));
}

/** True for a file that may be run. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** True when `directory` is `parent` or below it. */
export function isInside(parent: string, directory: string): boolean {
  const relative = path.relative(parent, directory);
  return relative === "" || !(relative.startsWith("..") || path.isAbsolute(relative));
}

async function cliVersion(cli: string): Promise<string | undefined> {
  try {
    const output = await run(cli, ["version"], {
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
      timeoutSeconds: VERSION_TIMEOUT_SECONDS,
    });
    return /^v?(\d+\.\d+\.\d+)/.exec(output.trim())?.[1];
  } catch {
    return undefined;
  }
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (let index = 0; index < 3; index++) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
