import { existsSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { meshSecretsFileName } from "../core/registry/meshSecretsSchema";
import type { RegistryFile } from "../core/registry/parseRegistry";
import { formatProblem } from "../core/registry/problem";
import type { MeshSecrets } from "../core/registry/registry";
import type { StackSettings } from "../core/registry/settings";
import { hasField, withNumbers } from "../core/registry/withNumbers";
import { reason, shownPath } from "./registryFolder";
import { readStack } from "./stack";

/** Lists of numbers by field, and the registry file that they go into. */
export interface NumbersInFile {
  /** Path as messages show it. */
  readonly file: string;
  readonly lists: Readonly<Record<string, readonly number[]>>;
}

/** The numbers of the mesh's secrets in their file, which need not be there. */
export function secretsInFile({ registryFolder }: StackSettings, secrets: MeshSecrets): NumbersInFile {
  const { numbers, knownTo, unknownTo } = secrets;
  return {
    file: shownPath(join(registryFolder, meshSecretsFileName)),
    lists: { secrets: numbers, knownTo, unknownTo },
  };
}

/**
 * Writes lists of numbers into registry files, and leaves all else in them as it was.
 *
 * @throws Error if that cannot be done. Where the stack could not be planned with the files as they would be, none is written.
 */
export function writeNumbers(settings: StackSettings, edits: readonly NumbersInFile[]): void {
  const files = edits.map((edit) => ({ path: edit.file, text: editedText(edit) }));
  const result = readStack({ ok: true, settings }, files);
  if (!result.ok)
    throw new Error(
      `nothing was written, for these would be wrong then:\n${result.problems.map(formatProblem).join("\n")}`,
    );
  for (const file of files) replaceFile(file);
}

/** An empty list is the same as none, and is not written where there is none. */
function editedText({ file, lists }: NumbersInFile): string {
  try {
    return Object.entries(lists).reduce(
      (text, [field, numbers]) =>
        numbers.length > 0 || hasField(text, field) ? withNumbers(text, field, numbers) : text,
      existsSync(file) ? readFileSync(file, "utf8") : "",
    );
  } catch (error) {
    throw new Error(`${file}: ${reason(error)}; nothing was written`);
  }
}

/** By way of a hidden file, so that no part of one is ever read. A link stays one, and permissions stay. */
function replaceFile({ path, text }: RegistryFile): void {
  try {
    const target = existsSync(path) ? realpathSync(path) : path;
    const mode = existsSync(path) ? { mode: statSync(path).mode } : {};
    const beside = join(dirname(target), `.${basename(target)}.new`);
    rmSync(beside, { force: true });
    writeFileSync(beside, text, { ...mode, flag: "wx" });
    renameSync(beside, target);
  } catch (error) {
    throw new Error(`${path} cannot be written: ${reason(error)}`);
  }
}
