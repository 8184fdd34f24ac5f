import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "./cacheFolder";
import { run } from "./run";
import { completeDirectory } from "./toolchain/completeDirectory";

/**
 * Path of Prometheus' promtool: this machine's, else the one of Debian's package, which is unpacked once and not installed, for that would start a daemon.
 *
 * @throws where apt-get has no such package to download
 */
export async function promtool(): Promise<string> {
  if (spawnSync("promtool", ["--version"]).status === 0) return "promtool";
  const folder = join(cacheFolder("monitoring"), "promtool");
  await completeDirectory(folder, async (beside) => {
    try {
      await run("apt-get", ["-q", "download", "prometheus"], { timeoutSeconds: 300, cwd: beside });
    } catch (error) {
      const fix = "install it by hand, or run: apt-get update";
      throw new Error(`the package prometheus, which has promtool, cannot be downloaded; ${fix}\n${String(error)}`, {
        cause: error,
      });
    }
    const [archive = ""] = readdirSync(beside).filter((name) => name.endsWith(".deb"));
    await run("dpkg-deb", ["-x", archive, "unpacked"], { timeoutSeconds: 120, cwd: beside });
    await rename(join(beside, "unpacked/usr/bin/promtool"), join(beside, "promtool"));
    await Promise.all([archive, "unpacked"].map((name) => rm(join(beside, name), { recursive: true })));
  });
  return join(folder, "promtool");
}
