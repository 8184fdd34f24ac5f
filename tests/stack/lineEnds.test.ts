import { spawnSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectWith } from "./project";

const root = join(__dirname, "..", "..");

function git(folder: string, ...args: readonly string[]): void {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.net", "-c", "commit.gpgsign=false"];
  expect(spawnSync("git", [...identity, ...args], { cwd: folder, encoding: "utf8" })).toMatchObject({ status: 0 });
}

test("a clone by Git for Windows, core.autocrlf, has the scripts for hosts as they are", () => {
  const script = readFileSync(join(root, "host/prelude.sh"), "utf8");
  const folder = projectWith({ "host/prelude.sh": script });
  cpSync(join(root, ".gitattributes"), join(folder, ".gitattributes"));
  git(folder, "init", "-q");
  git(folder, "add", "-A");
  git(folder, "commit", "-qm", "one");
  const clone = projectWith({});
  git(clone, "-c", "core.autocrlf=true", "clone", "-q", folder, "clone");
  expect(readFileSync(join(clone, "clone/host/prelude.sh"), "utf8")).toBe(script);
});
