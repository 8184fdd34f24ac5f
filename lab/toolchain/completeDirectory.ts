import { existsSync } from "node:fs";
import { copyFile, link, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";

/**
 * Makes a directory that is never seen half done: `fill` works on one beside it, which is then renamed. What is there already is left as
 * it is, also when another process was first.
 */
export async function completeDirectory(directory: string, fill: (beside: string) => Promise<void>): Promise<void> {
  if (existsSync(directory)) return;
  await mkdir(path.dirname(directory), { recursive: true });
  const beside = await mkdtemp(`${directory}.`);
  try {
    await fill(beside);
    await rename(beside, directory);
  } catch (error) {
    if (!existsSync(directory)) throw error;
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

/** Puts the files of one directory into another, as {@link linkFile} does. */
export async function linkFiles(source: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const entry of await readdir(source, { withFileTypes: true })) {
    if (entry.isFile()) await linkFile(path.join(source, entry.name), path.join(target, entry.name));
  }
}

/** Makes a hard link, or a copy where the two are on different file systems. */
export async function linkFile(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch {
    await copyFile(source, target);
  }
}
