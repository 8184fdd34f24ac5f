/** Finds or fetches the official provider plugins. */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { variable } from "../cacheFolder";
import type { Steps } from "../progress";
import { run } from "../run";
import { isExecutable, isInside, pathDirectories, type InstalledCli } from "./findCli";
import { pluginDirectory } from "./pulumiHome";
import { PROVIDERS, providerVersion, type ProviderName } from "./versions";

/** Enough for three downloads of some 20 MB each; an unreachable download site usually fails at once. */
const INSTALL_TIMEOUT_SECONDS = 60;

/** Where the official plugins are. */
export interface OfficialPlugins {
  /** Found by the engine without our doing. */
  readonly onPath: ReadonlySet<ProviderName>;
  /** Directories of those that are installed. */
  readonly installed: ReadonlyMap<ProviderName, string>;
}

/**
 * The official plugins of the wanted versions: on PATH, installed by the user, or installed by us.
 *
 * @param installer - The user's own CLI, which may download what is missing. Without one nothing is downloaded.
 */
export async function officialPlugins(
  cache: string,
  installer: InstalledCli | undefined,
  steps: Steps,
): Promise<OfficialPlugins> {
  const ours = path.join(cache, "official");
  const theirs = variable("PULUMI_HOME") ?? path.join(homedir(), ".pulumi");
  // Our own home, in the environment of a shell that was made ready for the demo, may hold stand-ins.
  const homes = isInside(cache, theirs) ? [ours] : [theirs, ours];

  const onPath = new Set(PROVIDERS.filter((name) => isOnPath(cache, name)));
  const wanted = PROVIDERS.filter((name) => !onPath.has(name));
  if (installer) {
    const missing = wanted.filter((name) => !homes.some((home) => isInstalled(home, name)));
    if (missing.length > 0) await install(ours, installer, missing, steps);
  }
  const installed = new Map<ProviderName, string>();
  for (const name of wanted) {
    const home = homes.find((candidate) => isInstalled(candidate, name));
    if (home !== undefined) installed.set(name, path.join(home, "plugins", pluginDirectory(name)));
  }
  return { onPath, installed };
}

function isOnPath(cache: string, name: ProviderName): boolean {
  return pathDirectories().some(
    (directory) => !isInside(cache, directory) && isExecutable(path.join(directory, `pulumi-resource-${name}`)),
  );
}

function isInstalled(home: string, name: ProviderName): boolean {
  const directory = path.join(home, "plugins", pluginDirectory(name));
  // The engine keeps a .partial file beside a plugin whose download was cut off.
  return isExecutable(path.join(directory, `pulumi-resource-${name}`)) && !existsSync(`${directory}.partial`);
}

/** Tries to install plugins. One that cannot be had is no error: a stand-in takes its place in this run. */
async function install(home: string, cli: InstalledCli, names: readonly ProviderName[], steps: Steps): Promise<void> {
  await mkdir(home, { recursive: true });
  const env = { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
  await steps.step(`installing the official plugins ${names.join(", ")}`, () =>
    Promise.allSettled(
      names.map((name) =>
        run(cli.path, ["plugin", "install", "resource", name, providerVersion(name)], {
          env,
          timeoutSeconds: INSTALL_TIMEOUT_SECONDS,
        }),
      ),
    ),
  );
}
