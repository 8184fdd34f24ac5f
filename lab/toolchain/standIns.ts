/** Bundles the stand-ins in standins/ into single executable files. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { projectFolder } from "../scratchProject";
import { contentKey, folderContent } from "../vm/cache";
import { completeDirectory, linkFile, linkFiles } from "./completeDirectory";
import { builtCliVersion, PROVIDERS, providerVersion, type ProviderName } from "./versions";

/** Bundled stand-ins. */
export interface StandIns {
  /** Directory that holds `pulumi-language-nodejs` and nothing else. */
  readonly languageDirectory: string;
  /** Directory that holds `pulumi-resource-NAME` and nothing else. */
  providerDirectory(name: ProviderName): string;
}

interface Bundle {
  readonly executable: string;
  readonly code: Uint8Array;
}

/** The stand-ins of this checkout, from the cache where they are there already. */
export async function standIns(cache: string): Promise<StandIns> {
  const directory = path.join(cache, `standins-${sourcesKey()}`);
  await completeDirectory(directory, async (beside) => {
    const bundles = await Promise.all([
      bundle("language", "pulumi-language-nodejs", { PULUMI_CLI_VERSION: builtCliVersion() }),
      ...PROVIDERS.map((name) => bundle(name, `pulumi-resource-${name}`, { PROVIDER_VERSION: providerVersion(name) })),
    ]);
    await writeExecutables(beside, bundles);
  });
  return {
    languageDirectory: path.join(directory, "pulumi-language-nodejs"),
    providerDirectory: (name) => path.join(directory, `pulumi-resource-${name}`),
  };
}

/** All that decides what is in the bundles: their sources, how they are bundled, and the versions of packages and of the CLI. */
function sourcesKey(): string {
  const files = [__filename, path.join(projectFolder, "package-lock.json")];
  return contentKey({
    cli: builtCliVersion(),
    sources: folderContent(path.join(__dirname, "standins")),
    others: files.map((file) => readFileSync(file, "utf8")),
  });
}

/**
 * A directory with the CLI and the language host side by side, where the engine takes the host for the one that came with it
 * and gives no warning. The CLI is a hard link: the engine looks beside the file that a symbolic link points to.
 */
export async function cliWithLanguageHost(cache: string, cli: string, languageDirectory: string): Promise<string> {
  const key = createHash("sha256").update(cli).update(languageDirectory).digest("hex").slice(0, 16);
  const directory = path.join(cache, `bin-${key}`);
  await completeDirectory(directory, async (beside) => {
    await linkFile(cli, path.join(beside, "pulumi"));
    await linkFiles(languageDirectory, beside);
  });
  return path.join(directory, "pulumi");
}

async function bundle(name: string, executable: string, constants: Record<string, string>): Promise<Bundle> {
  const result = await build({
    entryPoints: [path.join(__dirname, "standins", name, "main.ts")],
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // ssh2 tries native add-ons for speed and does without them.
    external: ["cpu-features", "*.node"],
    banner: { js: "#!/usr/bin/env node" },
    define: Object.fromEntries(Object.entries(constants).map(([key, value]) => [key, JSON.stringify(value)])),
    write: false,
    logLevel: "silent",
  });
  const [output] = result.outputFiles;
  if (!output) throw new Error(`esbuild made nothing of the stand-in ${name}`);
  return { executable, code: output.contents };
}

async function writeExecutables(directory: string, bundles: readonly Bundle[]): Promise<void> {
  for (const { executable, code } of bundles) {
    const file = path.join(directory, executable, executable);
    await mkdir(path.dirname(file));
    await writeFile(file, code);
    await chmod(file, 0o755);
  }
}
