import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** An absolute path from one that a person wrote: `~/` is the home folder, a relative one starts at `folder`. */
export function resolvePath(path: string, folder: string): string {
  if (path === "~") return homedir();
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : resolve(folder, path);
}
