/**
 * A PULUMI_HOME of our own: the user's has their login in it. The engine takes what lies in its `plugins` for installed, stand-ins
 * included; from PATH it would take them too, but with a warning for each, and before any installed official plugin.
 */
import { createHash } from "node:crypto";
import { mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { completeDirectory, linkFiles } from "./completeDirectory";
import { providerVersion, type ProviderName } from "./versions";

/** Name of an installed provider's directory, below `plugins`. */
export function pluginDirectory(name: ProviderName): string {
  return `resource-${name}-v${providerVersion(name)}`;
}

/**
 * The home with exactly these plugins.
 *
 * @param plugins - Directory of each plugin's files.
 */
export async function pulumiHome(cache: string, plugins: ReadonlyMap<ProviderName, string>): Promise<string> {
  const contents = [...plugins].map(([name, source]) => `${pluginDirectory(name)}=${source}`).sort();
  const key = createHash("sha256").update(contents.join("\n")).digest("hex").slice(0, 16);
  const home = path.join(cache, `home-${key}`);
  await completeDirectory(home, async (beside) => {
    for (const [name, source] of plugins) await linkFiles(source, path.join(beside, "plugins", pluginDirectory(name)));
    // Which stack is selected stays the same when the plugins change.
    const workspaces = path.join(cache, "workspaces");
    await mkdir(workspaces, { recursive: true });
    await symlink(workspaces, path.join(beside, "workspaces"));
  });
  return home;
}
