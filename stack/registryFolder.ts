import { readdirSync, readFileSync, realpathSync, statSync, type Dirent } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { byText } from "../core/registry/byText";
import { isLeftAlone } from "../core/registry/nodeFileName";
import {
  parseRegistry,
  type RegistryFile,
  type RegistryResult,
  type RegistrySettings,
} from "../core/registry/parseRegistry";
import { problemAt, sortProblems, startOf, type Problem } from "../core/registry/problem";

/** A node file is a few hundred bytes; anything near this is something else. */
const maxFileBytes = 256 * 1024;

/** What could be read of a registry folder, and what could not. */
export interface FolderReading {
  readonly files: readonly RegistryFile[];
  readonly problems: readonly Problem[];
}

/**
 * Reads the files of a registry folder. What does not belong there is not ignored, for a policy or a node by another name than meant would be missing unseen:
 * folders are problems, and files of other names are handed on without their text, to be refused by name. Never throws: what cannot be read is a problem.
 */
export function readRegistryFolder(folder: string): FolderReading {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const message = `the registry folder cannot be read: ${reason(error)}`;
    const fix = "create it with one YAML file a node, or correct `fullmesh:registry` in the stack's configuration";
    return { files: [], problems: [problemAt(startOf(shownPath(folder)), message, fix)] };
  }
  const files: RegistryFile[] = [];
  const problems: Problem[] = [];
  for (const entry of entries.filter(({ name }) => !isLeftAlone(name)).sort((a, b) => byText(a.name, b.name))) {
    const path = shownPath(join(folder, entry.name));
    const isYaml = entry.name.endsWith(".yaml");
    const read = isYaml ? readText(folder, entry.name) : entry.isDirectory() ? unreadFolder : "";
    if (typeof read === "string") files.push({ path, text: read });
    else problems.push(problemAt(startOf(path), read.fault, read.fix));
  }
  return { files, problems };
}

const unreadFolder = {
  fault: "folders in the registry are not read",
  fix: "move its node files up, and what else is in it out of the registry",
};

/**
 * Reads and checks the registry in a folder: all that is wrong with the folder, its files and what they say.
 *
 * @param changes files that are to be added, or to be in place of those that are there: the registry is checked as it would be
 */
export function readRegistry(
  folder: string,
  settings: RegistrySettings,
  changes: readonly RegistryFile[] = [],
): RegistryResult {
  const { files: there, problems } = readRegistryFolder(folder);
  const changed = new Set(changes.map(({ path }) => path));
  const files = [...there.filter(({ path }) => !changed.has(path)), ...changes];
  // An unreadable folder is not an empty one.
  if (files.length === 0 && problems.length > 0) return { ok: false, problems };
  const result = parseRegistry(files, settings, shownPath(folder));
  if (problems.length === 0) return result;
  return { ok: false, problems: sortProblems([...problems, ...(result.ok ? [] : result.problems)]) };
}

/** The path as the user would type it here: relative to the working directory, absolute where that would only climb out of it. */
export function shownPath(path: string): string {
  const shown = relative(process.cwd(), resolve(path)) || ".";
  return shown.startsWith("..") ? resolve(path) : shown;
}

/** Why a file operation failed, in words. */
export function reason(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}

const reasons: Readonly<Partial<Record<string, string>>> = {
  ENOENT: "it does not exist",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOTDIR: "it is not a folder",
  EISDIR: "it is a folder",
  ELOOP: "its symbolic links go round in a circle",
  ENOSPC: "no space left on the device",
  ERR_ENCODING_INVALID_ENCODED_DATA: "it is not UTF-8 text",
};

/** A link may lead to a file of another registry beside this one, and nowhere else: messages quote what they find, and `rotate` writes there. */
function readText(folder: string, name: string): string | { readonly fault: string; readonly fix: string } {
  const path = join(folder, name);
  try {
    const within = dirname(realpathSync(folder));
    if (!realpathSync(path).startsWith(`${within}/`)) {
      return { fault: `a link that leads out of ${shownPath(within)}`, fix: "put the file itself in its place" };
    }
    const status = statSync(path);
    // Opening a FIFO would wait for ever.
    if (!status.isFile()) return { fault: "not a regular file", fix: "remove it" };
    if (status.size > maxFileBytes) {
      return {
        fault: `${status.size} bytes long; a registry file has at most ${maxFileBytes}`,
        fix: "move it elsewhere",
      };
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    return { fault: `cannot be read: ${reason(error)}`, fix: "make it a readable file of UTF-8 text, or remove it" };
  }
}
