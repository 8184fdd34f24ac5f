import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { join, relative } from "node:path";

/** Beginning of the name of what is being built: half-made as long as it has that name. */
export const buildingPrefix = ".building-";

/** So many other images are kept, and those used in the last days: two checkouts may differ. */
const keptImages = 2;

/** A short name for data: equal data, equal name. */
export function contentKey(data: unknown): string {
  return createHash("sha256").update(JSON.stringify(data)).digest("hex").slice(0, 16);
}

/** Path, mode and content of all files below a folder, in an order of their own. */
export function folderContent(folder: string): { path: string; executable: boolean; content: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({
      path: relative(folder, file),
      executable: (statSync(file).mode & 0o100) !== 0,
      content: readFileSync(file, "utf8"),
    }));
}

/** Says that an image is in use now. */
export function touch(folder: string): void {
  const now = new Date();
  utimesSync(folder, now, now);
}

/** Removes what killed builds left, and images besides `current` that were not used of late. The cache must be locked. */
export function prune(cache: string, current: string): void {
  const entries = readdirSync(cache, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const old = entries
    .map(({ name }) => ({ folder: join(cache, name), name }))
    .filter(({ name, folder }) => folder !== current && !name.startsWith(buildingPrefix))
    .sort((a, b) => statSync(b.folder).mtimeMs - statSync(a.folder).mtimeMs)
    .slice(keptImages);
  const halfMade = entries.filter(({ name }) => name.startsWith(buildingPrefix)).map(({ name }) => join(cache, name));
  for (const folder of [...halfMade, ...old.map(({ folder }) => folder)]) rmSync(folder, { recursive: true });
}
