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

/** Node, list of retired ids, policy, mesh secrets, or none of them. `paths` are all files of the registry. */
export function fileRole(path: string, paths: readonly string[]): FileRole {
  const base = baseName(path);
  if (base === retiredFileName) return { role: "retired" };
  if (base === policyFileName) return { role: "policy" };
  if (base === meshSecretsFileName) return { role: "secrets" };
  if (base.endsWith(".yml")) return wrong(path, ...ymlAdvice(path, paths));

  const name = base.replace(/\.yaml$/, "");
  // They would pass for nodes of these names.
  for (const [what, right] of [
    ["the list of retired ids", retiredFileName],
    ["the policy", policyFileName],
    ["the list of the mesh's secrets", meshSecretsFileName],
  ] as const) {
    if (base !== right.slice(1)) continue;
    return wrong(path, `${what} is named ${right}`, `git mv ${path} ${path.slice(0, -base.length)}${right}`);
  }
  if (nodeNamePattern.test(name)) return { role: "node", name };
  return wrong(
    path,
    `the file's name is the node's and must be a lower-case DNS label (1 to 63 letters, digits and inner dashes, a letter first), but is ${JSON.stringify(name)}`,
    `rename the file, for example to ${nodeNameLike(name) || "fra1"}.yaml`,
  );
}

function wrong(path: string, message: string, fix: string): FileRole {
  return { role: "wrong", problem: problemAt(startOf(path), message, fix) };
}

/** A second spelling of the extension would allow two files for one node. */
function ymlAdvice(path: string, paths: readonly string[]): [message: string, fix: string] {
  const twin = path.replace(/yml$/, "yaml");
  return paths.includes(twin)
    ? [
        `the registry has both ${baseName(path)} and ${baseName(twin)}; a node has one file`,
        `merge the two into ${twin}, and delete ${path}`,
      ]
    : ["files of the registry end in .yaml", `git mv ${path} ${twin}`];
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
