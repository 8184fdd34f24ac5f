import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commitAll, git } from "./git";
import { projectWith } from "./project";

const root = join(__dirname, "..", "..");

test("a clone by Git for Windows, core.autocrlf, has the scripts for hosts as they are", () => {
  const script = readFileSync(join(root, "host/prelude.sh"), "utf8");
  const folder = projectWith({ "host/prelude.sh": script });
  cpSync(join(root, ".gitattributes"), join(folder, ".gitattributes"));
  commitAll(folder, "one");
  const clone = projectWith({});
  git(clone, "-c", "core.autocrlf=true", "clone", "-q", folder, "clone");
  expect(readFileSync(join(clone, "clone/host/prelude.sh"), "utf8")).toBe(script);
});
