import { spawnSync } from "node:child_process";
import { projectFolder } from "./scratchProject";
import { Steps } from "./progress";
import { ensurePackages } from "./vm/requirements";

/** `npm run check:shell`: every shell script of the project through shellcheck, which is installed if it is missing. */
async function checkShell(): Promise<number> {
  await ensurePackages(
    ["shellcheck"],
    new Steps((line) => {
      console.log(line);
    }),
  );
  const { stdout } = spawnSync("git", ["ls-files", "*.sh"], { cwd: projectFolder, encoding: "utf8" });
  const scripts = stdout.split("\n").filter((line) => line !== "");
  if (scripts.length === 0) throw new Error("git knows no shell script here; run in the checkout");
  const result = spawnSync("shellcheck", ["--external-sources", "--source-path=.", "--shell=sh", ...scripts], {
    cwd: projectFolder,
    stdio: "inherit",
    timeout: 120_000,
  });
  if (result.error !== undefined) throw result.error;
  console.log(`shellcheck: ${scripts.length} scripts`);
  return result.status ?? 1;
}

checkShell().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
