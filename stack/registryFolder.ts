import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
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
 * Reads the files of a registry folder: `*.yaml`, and `*.yml` so that it can be refused. Not what is in folders within it, nor hidden files
 * (editors leave locks there), nor any other name. Never throws: what cannot be read is a problem.
 */
export function readRegistryFolder(folder: string): FolderReading {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    const message = `the registry folder cannot be read: ${reason(error)}`;
    const fix = "create it with one YAML file a node, or correct `fullmesh:registry` in the stack's configuration";
    return { files: [], problems: [problemAt(startOf(shownPath(folder)), message, fix)] };
  }
  const files: RegistryFile[] = [];
  const problems: Problem[] = [];
  for (const name of names.filter((each) => /^[^.].*\.ya?ml$/.test(each)).sort()) {
    const path = shownPath(join(folder, name));
    const text = readText(join(folder, name));
    if (typeof text === "string") files.push({ path, text });
    else problems.push(problemAt(startOf(path), text.fault, text.fix));
  }
  return { files, problems };
}

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
  ERR_ENCODING_INVALID_ENCODED_DATA: "it is not UTF-8 text",
};

function readText(path: string): string | { readonly fault: string; readonly fix: string } {
  try {
    const status = statSync(path);
    // Opening a FIFO would wait for ever.
    if (!status.isFile())
      return { fault: "not a regular file", fix: "remove it, or rename it to end in something else" };
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
