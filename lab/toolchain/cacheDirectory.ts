import { homedir } from "node:os";
import path from "node:path";

/** Where everything lives that is made once and used by all checkouts: `$FULLMESH_CACHE/toolchain`, or the same in the user's cache directory. */
export function cacheDirectory(): string {
  const caches = variable("XDG_CACHE_HOME") ?? path.join(homedir(), ".cache");
  return path.resolve(variable("FULLMESH_CACHE") ?? path.join(caches, "fullmesh"), "toolchain");
}

/** An environment variable; one that is set to nothing counts as unset. */
export function variable(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}
