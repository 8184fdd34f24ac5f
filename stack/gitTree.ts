import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Hands a function the project's folder as it was committed, in a temporary folder that is gone afterwards. Neither the working tree nor the repository is touched.
 *
 * @param ref anything that git takes for a commit: `HEAD`, `origin/main`, `v1.2`, `HEAD~3`
 * @throws Error if the project is in no git repository, or that has no such commit
 */
export function atCommit<T>(projectFolder: string, ref: string, use: (folder: string) => T): T {
  git(projectFolder, ["rev-parse", "--git-dir"], "the project is in no git repository");
  const commit = git(
    projectFolder,
    ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`],
    `git knows no commit ${JSON.stringify(ref)}`,
  )
    .toString()
    .trim();
  // In a folder, it takes what is below that alone.
  const archive = git(projectFolder, ["archive", "--format=tar", commit], `${ref} does not have the project`);
  const folder = mkdtempSync(join(tmpdir(), "fullmesh-diff-"));
  try {
    const { status, stderr } = spawnSync("tar", ["-x", "-C", folder], { input: archive, timeout: 60_000 });
    if (status !== 0) throw new Error(`tar: ${stderr.toString().trim()}`);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function git(folder: string, args: readonly string[], fault: string): Buffer {
  const { status, stdout, stderr, error } = spawnSync("git", args, {
    cwd: folder,
    maxBuffer: 512 * 1024 * 1024,
    timeout: 60_000,
  });
  if (status === 0) return stdout;
  const said = error?.message ?? stderr.toString().trim();
  throw new Error(said === "" ? fault : `${fault}: ${said}`);
}
