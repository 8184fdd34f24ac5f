/** Versions of the parts, each read where it is pinned: providers in their npm packages, the CLI in cli/go.mod. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** A provider that this project uses. */
export type ProviderName = "command" | "tls" | "random";

/** The providers, in the order in which they are spoken of. */
export const PROVIDERS: readonly ProviderName[] = ["command", "tls", "random"];

/** The CLI's Go module. */
export const CLI_MODULE = path.join(__dirname, "cli");

const manifestPath = createRequire(__filename);

/** Version of the installed npm package of a provider, which asks the engine for the plugin of the same version. */
export function providerVersion(name: ProviderName): string {
  const manifest = manifestPath(`@pulumi/${name}/package.json`) as { readonly version: string };
  return manifest.version;
}

/** Version of the CLI that is built where none is installed, such as `3.259.0`. */
export function builtCliVersion(): string {
  const modules = readFileSync(path.join(CLI_MODULE, "go.mod"), "utf8");
  const version = /^\s*(?:require\s+)?github\.com\/pulumi\/pulumi\/pkg\/v3\s+v(\S+)/m.exec(modules)?.[1];
  if (version === undefined) throw new Error(`${CLI_MODULE}/go.mod requires no github.com/pulumi/pulumi/pkg/v3`);
  return version;
}
