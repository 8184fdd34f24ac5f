import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { baseName } from "../core/registry/nodeFileName";
import type { RegistryFile } from "../core/registry/parseRegistry";
import { reason } from "./registryFolder";

/**
 * Writes new files into a registry folder: all of them, or none.
 *
 * @throws Error if one of them is there already, or cannot be written
 */
export function writeNewNodeFiles(folder: string, files: readonly RegistryFile[]): void {
  const written: string[] = [];
  for (const { path, text } of files) {
    const file = join(folder, baseName(path));
    try {
      const opened = openSync(file, "wx");
      written.push(file);
      try {
        writeFileSync(opened, text);
      } finally {
        closeSync(opened);
      }
    } catch (error) {
      for (const each of written) rmSync(each);
      throw new Error(`${path} cannot be written: ${reason(error)}; no file was`);
    }
  }
}
