/**
 * A PULUMI_HOME of our own: the user's has their login in it. The engine takes what lies in its `plugins` for installed, stand-ins
 * included; from PATH it would take them too, but with a warning for each, and before any installed official plugin.
 */
import { createHash } from "node:crypto";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { completeDirectory, linkFiles } from "./completeDirectory";
import { providerVersion, type ProviderName } from "./versions";

/** Name of an installed provider's directory, below `plugins`. */
export function pluginDirectory(name: ProviderName): string {
  return `resource-${name}-v${providerVersion(name)}`;
}

/**
 * In the place of the folder in which CLI 3.259 keeps an encrypted log of each run, in which each resource's properties stand several times. There is no
 * switch for it; it does without where it cannot make the folder. For a mesh of 100 nodes that is a third of a preview's time, and a hundred megabytes a deploy.
 */
const noLogs =
  "A file and not a folder, so that pulumi keeps no logs: they take long to write in large meshes. Delete it, and pulumi keeps them.\n";

/**
 * The home with exactly these plugins.
 *
 * @param plugins - Directory of each plugin's files.
 */
export async function pulumiHome(cache: string, plugins: ReadonlyMap<ProviderName, string>): Promise<string> {
  const contents = [noLogs, ...[...plugins].map(([name, source]) => `${pluginDirectory(name)}=${source}`).sort()];
  const key = createHash("sha256").update(contents.join("\n")).digest("hex").slice(0, 16);
  const home = path.join(cache, `home-${key}`);
  await completeDirectory(home, async (beside) => {
    for (const [name, source] of plugins) await linkFiles(source, path.join(beside, "plugins", pluginDirectory(name)));
    await writeFile(path.join(beside, "logs"), noLogs);
    // Which stack is selected stays the same when the plugins change.
    const workspaces = path.join(cache, "workspaces");
    await mkdir(workspaces, { recursive: true });
    await symlink(workspaces, path.join(beside, "workspaces"));
  });
  return home;
}
