import { nodeNamePattern } from "./fieldFormats";
import { meshSecretsFileName } from "./meshSecretsSchema";
import { policyFileName } from "./policySchema";
import { problemAt, startOf, type Problem } from "./problem";
import { retiredFileName } from "./retiredSchema";

/** What a file of the registry folder is, by its name. */
export type FileRole =
  | { readonly role: "node"; readonly name: string }
  | { readonly role: "retired" }
  | { readonly role: "policy" }
  | { readonly role: "secrets" }
  | { readonly role: "wrong"; readonly problem: Problem };

/** The part of the path after the last slash. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The part of the path before the last slash. */
export function folderName(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
}

/**
 * What may be in a registry folder and is not read: hidden files, what editors, patch and git leave beside a file, and words to the reader. As the documentation
 * lists it.
 */
const leftAlone = [/^\./, /~$/, /^#.*#$/, /\.(bak|orig|rej|swp|tmp)$/, /^README(\.\w+)?$/, /\.md$/];

/** Whether the name is of something that a registry folder may have and that is not read. */
export function isLeftAlone(name: string): boolean {
  return leftAlone.some((pattern) => pattern.test(name));
}

/** Node, list of retired ids, policy, mesh secrets, or none of them. `paths` are all files of the registry. */
export function fileRole(path: string, paths: readonly string[]): FileRole {
  const base = baseName(path);
  if (base === retiredFileName) return { role: "retired" };
  if (base === policyFileName) return { role: "policy" };
  if (base === meshSecretsFileName) return { role: "secrets" };
  const [, stem = base, extension = ""] = /^(.*)\.([^.]*)$/.exec(base) ?? [];
  if (!/^(ya?ml|json)$/i.test(extension)) {
    const fix = "move it out of the registry; README.md, hidden files and editors' backups may stay";
    return wrong(path, "not a file that fullmesh knows, and so not one of the registry", fix);
  }
  // They would pass for nodes of these names.
  for (const [what, right] of [
    ["the list of retired ids", retiredFileName],
    ["the policy", policyFileName],
    ["the list of the mesh's secrets", meshSecretsFileName],
  ] as const) {
    if (stem.toLowerCase().replace(/^_/, "") !== right.slice(1, -".yaml".length)) continue;
    return wrong(path, `${what} is named ${right}`, moveFix(path, right, paths));
  }
  if (extension !== "yaml") {
    const message = paths.includes(beside(path, `${stem}.yaml`))
      ? `the registry has both ${base} and ${stem}.yaml; a node has one file`
      : "files of the registry end in .yaml";
    return wrong(path, message, moveFix(path, `${stem}.yaml`, paths));
  }
  if (nodeNamePattern.test(stem)) return { role: "node", name: stem };
  return wrong(
    path,
    `the file's name is the node's and must be a lower-case DNS label (1 to 63 letters, digits and inner dashes, a letter first), but is ${JSON.stringify(stem)}`,
    `rename the file, for example to ${nodeNameLike(stem) || "fra1"}.yaml`,
  );
}

function wrong(path: string, message: string, fix: string): FileRole {
  return { role: "wrong", problem: problemAt(startOf(path), message, fix) };
}

/** A second spelling of a name would allow two files for one thing. */
function moveFix(path: string, name: string, paths: readonly string[]): string {
  const right = beside(path, name);
  return paths.includes(right) ? `merge the two into ${right}, and delete ${path}` : `git mv ${path} ${right}`;
}

function beside(path: string, name: string): string {
  return path.slice(0, -baseName(path).length) + name;
}

/** A good name that is close to a bad one; empty if there is nothing good in it. */
export function nodeNameLike(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 63)
    .replace(/-+$/, "");
}
