import { readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run";

/** Makes an apt repository, see apt-ftparchive(1), of the packages in a folder. It is not signed. */
export async function indexPool(folder: string): Promise<void> {
  if (!readdirSync(folder).some((name) => name.endsWith(".deb"))) {
    throw new Error(`no packages were downloaded to ${folder}`);
  }
  for (const [kind, file] of [
    ["packages", "Packages"],
    ["release", "Release"],
  ] as const) {
    await run("apt-ftparchive", [kind, "."], { timeoutSeconds: 120, cwd: folder, stdoutFile: join(folder, file) });
  }
}
