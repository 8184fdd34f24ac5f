import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * What is heavy and can be made again: outside the checkout, shared by all checkouts of this user. It is a folder in `$FULLMESH_CACHE`, else in
 * `fullmesh` in the user's cache folder.
 */
export function cacheFolder(part: "kernel" | "lab" | "monitoring" | "toolchain"): string {
  const caches = variable("XDG_CACHE_HOME") ?? join(homedir(), ".cache");
  return resolve(variable("FULLMESH_CACHE") ?? join(caches, "fullmesh"), part);
}

/** An environment variable; one that is set to nothing counts as unset. */
export function variable(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}
