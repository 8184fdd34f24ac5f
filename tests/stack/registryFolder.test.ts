import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readRegistry, readRegistryFolder } from "../../stack/registryFolder";
import { projectWith } from "./project";

const names = (folder: string): string[] =>
  readRegistryFolder(folder).files.map(({ path }) => path.slice(folder.length + 1));
const faults = (folder: string): string[] =>
  readRegistryFolder(folder).problems.map(({ file, message }) => `${file.slice(folder.length + 1)}: ${message}`);

describe("readRegistryFolder", () => {
  it("leaves alone what is hidden, beside a file, or for its reader", () => {
    const folder = projectWith({
      "b.yaml": "",
      "_retired.yaml": "",
      "README.md": "",
      "a.md": "",
      README: "",
      ".#b.yaml": "",
      ".git/c.yaml": "",
      "d.yaml~": "",
      "#b.yaml#": "",
      "b.yaml.orig": "",
      "b.yaml.bak": "",
      "b.yaml.rej": "",
      "b.yaml.swp": "",
      "b.yaml.tmp": "",
    });
    expect(names(folder)).toEqual(["_retired.yaml", "b.yaml"]);
    expect(faults(folder)).toEqual([]);
  });

  it("refuses whatever else there is, so that no node and no policy is missing unseen", () => {
    const fra1 = "id: 1\norganization: acme\nmanaged: false\n";
    const others = ["_policy.YAML", "c.YAML", "c.json", "c.yml", "registry.toml", "CODEOWNERS"];
    const folder = projectWith({
      "fra1.yaml": fra1,
      "eu/c.yaml": fra1,
      ...Object.fromEntries(others.map((name) => [name, "{}"])),
    });
    writeFileSync(join(folder, "nothing.toml"), Buffer.from([0xe9]));
    const result = readRegistry(folder, {});
    const refused = result.ok ? [] : result.problems.map(({ file }) => file.slice(folder.length + 1));
    expect(refused).toEqual(expect.arrayContaining([...others, "eu", "nothing.toml"]));
    expect(result.ok ? [] : result.problems.map(({ message }) => message)).toContain(
      "folders in the registry are not read",
    );
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

  it("takes a link to a file beside the registry, and none that leads elsewhere", () => {
    const folder = projectWith({ "good.yaml": "" });
    symlinkSync("/etc/passwd", join(folder, "nyc1.yaml"));
    symlinkSync("good.yaml", join(folder, "twin.yaml"));
    expect(names(folder)).toEqual(["good.yaml", "twin.yaml"]);
    expect(faults(folder)).toEqual([`nyc1.yaml: a link that leads out of ${dirname(folder)}`]);
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
