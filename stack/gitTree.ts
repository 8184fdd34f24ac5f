import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** A commit's files in a temporary folder. */
export interface CommittedTree {
  /** The top of the repository, as it was committed. */
  readonly top: string;
  /** The project's folder in it. */
  readonly project: string;
  /** Submodules, from the top: these folders are empty. */
  readonly submodules: readonly string[];
}

/**
 * Hands a function the repository's files as they were committed, in a temporary folder that is gone afterwards. Neither the working tree nor the repository is
 * touched.
 *
 * @param ref anything that git takes for a commit: `HEAD`, `origin/main`, `v1.2`, `HEAD~3`
 * @throws Error if the project is in no git repository, or that has no such commit
 */
export function atCommit<T>(projectFolder: string, ref: string, use: (tree: CommittedTree) => T): T {
  const inNone = "the project is in no git repository";
  const repository = lineOf(git(projectFolder, ["rev-parse", "--show-toplevel"], inNone));
  const prefix = lineOf(git(projectFolder, ["rev-parse", "--show-prefix"], inNone));
  const commit = commitOf(repository, ref);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "fullmesh-diff-")));
  try {
    const top = join(folder, "tree");
    mkdirSync(top);
    const onIndex = (args: readonly string[]): Buffer =>
      git(repository, args, `the files of ${ref} cannot be read`, { GIT_INDEX_FILE: join(folder, "index") });
    onIndex(["read-tree", commit]);
    onIndex(["checkout-index", "--all", `--prefix=${top}/`]);
    const submodules = [
      ...onIndex(["ls-files", "--stage", "-z"])
        .toString()
        .matchAll(/(?<=^|\0)160000 [^\t]*\t([^\0]*)/g),
    ];
    return use({ top, project: resolve(top, prefix), submodules: submodules.map(([, path = ""]) => path) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function commitOf(repository: string, ref: string): string {
  try {
    return lineOf(git(repository, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`], ""));
  } catch {
    const isShallow = lineOf(git(repository, ["rev-parse", "--is-shallow-repository"], "")) === "true";
    const fix = isShallow
      ? "this clone is shallow and lacks the commits before: git fetch --unshallow (actions/checkout: fetch-depth: 0)"
      : "commit the files first, git fetch the branch that has it, or name another commit, as in fullmesh diff main";
    throw new Error(`git knows no commit ${JSON.stringify(ref)}\n    fix: ${fix}`);
  }
}

function lineOf(output: Buffer): string {
  return output.toString().replace(/\n$/, "");
}

/**
 * Hooks have GIT_DIR in their environment, and tools that they start inherit it. Without GIT_WORK_TREE git then takes whatever folder it is started in for the top of the
 * repository; by the folder itself it finds the right one.
 */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { GIT_DIR, ...others } = process.env;
  return others.GIT_WORK_TREE === undefined ? others : { GIT_DIR, ...others };
}

function git(folder: string, args: readonly string[], fault: string, env: NodeJS.ProcessEnv = {}): Buffer {
  const { status, stdout, stderr, error } = spawnSync("git", args, {
    cwd: folder,
    env: { ...ownEnvironment(), ...env },
    maxBuffer: 512 * 1024 * 1024,
    timeout: 300_000,
  });
  if (status === 0) return stdout;
  const said = error?.message ?? stderr.toString().trim();
  throw new Error(said === "" ? fault : `${fault}: ${said}`);
}
