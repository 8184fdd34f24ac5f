import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** A provider that an installed npm package needs. */
export interface RequiredPackage {
  readonly name: string;
  /** With a leading `v`. */
  readonly version: string;
}

interface PackageManifest {
  readonly version?: string;
  readonly pulumi?: { readonly resource?: boolean; readonly name?: string; readonly version?: string };
}

/** The providers of all `@pulumi/*` and other Pulumi packages in the nearest `node_modules` at or above the program. */
export function requiredPackages(programDirectory: string): RequiredPackage[] {
  const modules = nearestNodeModules(programDirectory);
  if (modules === undefined) return [];
  return packageNames(modules).flatMap((name) => requirement(name, path.join(modules, name, "package.json")));
}

function nearestNodeModules(directory: string): string | undefined {
  const candidate = path.join(directory, "node_modules");
  if (existsSync(candidate)) return candidate;
  const parent = path.dirname(directory);
  return parent === directory ? undefined : nearestNodeModules(parent);
}

function packageNames(modules: string): string[] {
  return readdirSync(modules)
    .filter((entry) => !entry.startsWith("."))
    .flatMap((entry) =>
      entry.startsWith("@") ? readdirSync(path.join(modules, entry)).map((name) => `${entry}/${name}`) : [entry],
    );
}

function requirement(packageName: string, manifestPath: string): RequiredPackage[] {
  if (!existsSync(manifestPath)) return [];
  const manifest = JSON.parse(readFileSync(manifestPath, "utf8")) as PackageManifest;
  if (manifest.pulumi?.resource !== true) return [];
  const version = manifest.pulumi.version ?? manifest.version;
  if (version === undefined) return [];
  const name = manifest.pulumi.name ?? packageName.replace(/^@pulumi\//, "").replace(/^@/, "");
  return [{ name, version: version.startsWith("v") ? version : `v${version}` }];
}
