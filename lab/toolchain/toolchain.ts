/**
 * Gets everything together that `pulumi up` needs: the CLI, the Node language host and the providers. The user's own installation
 * comes first; where there is none, the CLI is built from its Go modules, and stand-ins take the place of what is not published that way.
 */
import { realpathSync } from "node:fs";
import path from "node:path";
import { cacheFolder } from "../cacheFolder";
import { Steps, type Progress } from "../progress";
import { builtCli } from "./buildCli";
import { findCli, isExecutable, pathDirectories, type InstalledCli } from "./findCli";
import { officialPlugins } from "./officialPlugins";
import { pulumiHome } from "./pulumiHome";
import { cliWithLanguageHost, standIns } from "./standIns";
import { builtCliVersion, PROVIDERS } from "./versions";

/** A toolchain ready for use. */
export interface Toolchain {
  /** Absolute path of the CLI. */
  readonly pulumi: string;
  /** To be merged over this process's environment for each run. Says nothing of a backend or a passphrase. */
  readonly env: Readonly<Record<string, string>>;
  /** One line that says what is in use. */
  readonly description: string;
}

/** Options of {@link prepareToolchain}. */
export interface ToolchainOptions {
  /** Called with what takes time, as it happens. */
  readonly progress: Progress;
}

/**
 * Prepares the toolchain. Takes minutes the first time on a machine without Pulumi, and about a second afterwards.
 *
 * @throws When there is neither `pulumi` nor `go`, or the build fails.
 */
export async function prepareToolchain({ progress }: ToolchainOptions): Promise<Toolchain> {
  const cache = cacheFolder("toolchain");
  const steps = new Steps(progress);
  const installed = await findCli(cache, steps);
  const official = await officialPlugins(cache, installed, steps);
  const bundled = await standIns(cache);

  const missing = PROVIDERS.filter((name) => !official.onPath.has(name) && !official.installed.has(name));
  const plugins = new Map(official.installed);
  for (const name of missing) plugins.set(name, bundled.providerDirectory(name));
  const home = await pulumiHome(cache, plugins);

  const needsLanguageHost = !installed || !hasLanguageHost(installed);
  const pulumi =
    installed?.path ?? (await cliWithLanguageHost(cache, await builtCli(cache, steps), bundled.languageDirectory));
  const directories = [
    path.dirname(pulumi),
    ...(installed && needsLanguageHost ? [bundled.languageDirectory] : []),
    ...(process.env.PATH ?? "").split(path.delimiter),
  ];
  const standInNames = [...(needsLanguageHost ? ["nodejs"] : []), ...missing];
  return {
    pulumi,
    env: {
      PATH: [...new Set(directories)].join(path.delimiter),
      PULUMI_HOME: home,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...(standInNames.length > 0 ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" } : {}),
    },
    description: description(installed, standInNames),
  };
}

/** The engine looks for the Node language host on PATH and beside itself, or what a symbolic link to itself leads to. */
function hasLanguageHost(cli: InstalledCli): boolean {
  const directories = [path.dirname(realpathSync(cli.path)), ...pathDirectories()];
  return directories.some((directory) => isExecutable(path.join(directory, "pulumi-language-nodejs")));
}

function description(installed: InstalledCli | undefined, standInNames: readonly string[]): string {
  const cli = installed
    ? `pulumi ${installed.version} (${installed.path})`
    : `pulumi ${builtCliVersion()} (built from Go modules, without clouds)`;
  const plugins = standInNames.length > 0 ? `stand-ins for ${standInNames.join(", ")}` : "official plugins";
  return `toolchain: ${cli}, ${plugins}`;
}
