import { existsSync, readdirSync, realpathSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { atCommit, type CommittedTree } from "./gitTree";
import { loadMesh, type PlannedMesh } from "./plannedMesh";
import { settingsFromPulumiYaml } from "./settings";
import { stackFile } from "./stackFile";

/**
 * Plans the mesh of a stack from its files as they were committed.
 *
 * @throws Error with all that is wrong with them, or that the registry is not in the commit, and so nobody knows what it was
 */
export function committedMesh(projectFolder: string, commit: string, stack: string): PlannedMesh {
  return atCommit(projectFolder, commit, (tree) => {
    try {
      refuseUncommitted(tree, stack);
      refuseLinkedSettings(tree, stack);
      refuseOthers(tree, stack);
      return loadMesh(tree.project, stack);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`at ${commit}: ${message.replaceAll(`${tree.project}/`, "").replaceAll(`${tree.top}/`, "")}`);
    }
  });
}

/** Before a stack's first commit there is nothing to compare with. */
function refuseUncommitted({ project }: CommittedTree, stack: string): void {
  const file = stackFile(project, stack);
  if (existsSync(file)) return;
  throw new Error(
    `there is no ${basename(file)}, and so nothing to compare with\n    fix: commit it with its registry first; or name a commit that has it, as in fullmesh diff main`,
  );
}

function refuseLinkedSettings({ top, project }: CommittedTree, stack: string): void {
  const linked = [stackFile(project, stack), join(project, "Pulumi.yaml")].find((path) => leadsOut(top, path));
  if (linked === undefined) return;
  throw new Error(
    `${basename(linked)} is a link to what is outside the repository, and what it was then cannot be known\n    fix: commit the file itself`,
  );
}

/** What is outside of the commit is as it is now, and a comparison with it would find that nothing changes. */
function refuseOthers({ top, project, submodules }: CommittedTree, stack: string): void {
  const settings = settingsFromPulumiYaml(project, stack);
  const folder = settings.ok ? settings.settings.registryFolder : settings.usable.registryFolder;
  if (folder === undefined) return;
  const fix = "fix: have the registry in the project's repository, and name it relative to the project's folder";
  const submodule = submodules.find((path) => isWithin(join(top, path), folder));
  if (submodule !== undefined) {
    throw new Error(`the registry is in the submodule ${submodule}, whose files the commit does not have\n    ${fix}`);
  }
  const outside = isWithin(top, folder)
    ? [folder, ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [])].find((path) =>
        leadsOut(top, path),
      )
    : folder;
  if (outside === undefined) return;
  const what = isWithin(top, outside)
    ? `${relative(top, outside)} is a link to what is`
    : "the registry (fullmesh:registry) is";
  throw new Error(`${what} outside the repository, and what it was then cannot be known\n    ${fix}`);
}

/** Whether what is there is elsewhere, by a link. */
function leadsOut(top: string, path: string): boolean {
  return existsSync(path) && !isWithin(top, realpathSync(path));
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
