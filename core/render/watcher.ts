import { hostPaths, managedByLine, unitFile, type HostFile } from "./hostFile";

/**
 * A service that only some nodes have, and the table that it works from; nothing where the table has no lines. The script `apply` starts and stops it by its name.
 *
 * @param columns what the words of a line are
 * @param unit the unit without its first line
 */
export function watcher(
  name: "names" | "uplinks",
  columns: string,
  lines: readonly string[],
  unit: string,
): readonly HostFile[] {
  if (lines.length === 0) return [];
  return [
    unitFile(`fullmesh-${name}.service`, unit),
    { path: hostPaths[name], mode: "0644", content: `${managedByLine}\n# ${columns}\n${lines.join("")}` },
  ];
}
