import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { meshSecretsFileName } from "../core/registry/meshSecretsSchema";
import type { MeshSecrets } from "../core/registry/registry";
import { withNumbers } from "../core/registry/rotation";
import { reason, shownPath } from "./registryFolder";

/** Writes a node's `keys` into its file, and leaves all else as it was. Throws where that cannot be done. */
export function writeKeys(file: string, keys: readonly number[]): void {
  edit(file, { keys });
}

/** Writes the numbers of the mesh's secrets into their file, which need not be there. Throws where that cannot be done. */
export function writeSecrets(registryFolder: string, { numbers, knownTo, unknownTo }: MeshSecrets): void {
  edit(shownPath(join(registryFolder, meshSecretsFileName)), { secrets: numbers, knownTo, unknownTo });
}

/** By way of a new file, so that no half of one is ever read. An empty list is the same as none, and is not written where there is none. */
function edit(file: string, lists: Readonly<Record<string, readonly number[]>>): void {
  try {
    let text = existsSync(file) ? readFileSync(file, "utf8") : "";
    for (const [field, numbers] of Object.entries(lists)) {
      if (numbers.length > 0 || new RegExp(`^${field}:`, "m").test(text)) text = withNumbers(text, field, numbers);
    }
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  } catch (error) {
    const wanted = Object.entries(lists).map(([field, numbers]) => `${field}: [${numbers.join(", ")}]`);
    throw new Error(`${file} cannot be given ${wanted.join(", ")}: ${reason(error)}; write it by hand`);
  }
}
