import { spawnSync } from "node:child_process";

/** git in a folder, as somebody whose name is of no concern. */
export function git(folder: string, ...args: readonly string[]): void {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.net", "-c", "commit.gpgsign=false"];
  expect(spawnSync("git", [...identity, ...args], { cwd: folder, encoding: "utf8" })).toMatchObject({ status: 0 });
}

/** Makes a folder a repository with all that is in it in one commit. */
export function commitAll(folder: string, message: string): void {
  git(folder, "init", "-q");
  git(folder, "add", "-A");
  git(folder, "commit", "-qm", message);
}
