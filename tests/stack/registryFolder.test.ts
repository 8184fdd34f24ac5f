import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readRegistry, readRegistryFolder } from "../../stack/registryFolder";
import { projectWith } from "./project";

const names = (folder: string): string[] =>
  readRegistryFolder(folder).files.map(({ path }) => path.slice(folder.length + 1));
const faults = (folder: string): string[] =>
  readRegistryFolder(folder).problems.map(({ file, message }) => `${file.slice(folder.length + 1)}: ${message}`);

describe("readRegistryFolder", () => {
  it("takes .yaml and .yml directly within, and nothing else", () => {
    const folder = projectWith({
      "b.yaml": "",
      "a.yml": "",
      "_retired.yaml": "",
      "README.md": "",
      ".#b.yaml": "",
      "old/c.yaml": "",
      "d.yaml~": "",
    });
    expect(names(folder)).toEqual(["_retired.yaml", "a.yml", "b.yaml"]);
    expect(faults(folder)).toEqual([]);
  });

  it("says what it cannot read", () => {
    const folder = projectWith({ "big.yaml": "#".repeat(300_000), "good.yaml": "" });
    writeFileSync(join(folder, "latin1.yaml"), Buffer.from([0x72, 0xe9]));
    mkdirSync(join(folder, "dir.yaml"));
    symlinkSync("nowhere", join(folder, "gone.yaml"));
    execFileSync("mkfifo", [join(folder, "pipe.yaml")]);
    expect(names(folder)).toEqual(["good.yaml"]);
    expect(faults(folder)).toEqual([
      "big.yaml: 300000 bytes long; a registry file has at most 262144",
      "dir.yaml: not a regular file",
      "gone.yaml: cannot be read: it does not exist",
      "latin1.yaml: cannot be read: it is not UTF-8 text",
      "pipe.yaml: not a regular file",
    ]);
  });

  it("says that there is no such folder, once", () => {
    const result = readRegistry(join(projectWith({}), "nodes"), {});
    expect(result.ok ? [] : result.problems.map(({ message }) => message)).toEqual([
      "the registry folder cannot be read: it does not exist",
    ]);
  });

  it("says that the folder has no nodes", () => {
    const folder = projectWith({ "README.md": "" });
    const result = readRegistry(folder, {});
    expect(result).toMatchObject({ ok: false, problems: [{ file: folder, message: "the registry has no nodes" }] });
  });
});
