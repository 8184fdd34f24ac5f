import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectWith } from "../stack/project";

/** The command `rotate`, whole. */
const root = join(__dirname, "..", "..");
let folder: string;

const node = (id: number): string =>
  `id: ${id}\norganization: acme\nssh: {host: 192.0.2.${id}}\nendpoints: [{serial: 0, family: ip4, address: 192.0.2.${id}}]\n`;

function project(retired = "retired: []\n"): void {
  folder = projectWith({
    "Pulumi.yaml": readFileSync(join(root, "Pulumi.yaml"), "utf8"),
    "Pulumi.dev.yaml": "config:\n  fullmesh:overlayIpv4: 10.66.0.0/16\n  fullmesh:overlayIpv6: fd66:66::/64\n",
    "nodes/dev/fra1.yaml": node(1),
    "nodes/dev/nyc1.yaml": node(2),
    "nodes/dev/_retired.yaml": retired,
  });
}

function fullmesh(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "bin/fullmesh.js"), ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1" },
  });
  return { status, stdout, stderr };
}

const rotate = (...args: readonly string[]): string => {
  const { status, stdout, stderr } = fullmesh("rotate", ...args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
};

const path = (name: string): string => join(folder, "nodes/dev", name);
const secrets = (): string => readFileSync(path("_secrets.yaml"), "utf8");
const warnings = (): string => fullmesh("validate").stdout;

test("the mesh's secrets are changed in three steps, which a reviewer sees in a file", () => {
  project();
  expect(rotate("--mesh-secrets")).toBe(
    "step 1 of 3: the nodes accept what is made with the new secret\n  secrets [1] -> [1, 2]\nnext: pulumi up; when it has gone well, the same command again\n",
  );
  expect(secrets()).toBe("secrets: [1, 2]\n");
  expect(warnings()).toMatch(/^warning: the nodes are between shared secrets 1 and 2, .*\nok: 2 nodes/);
  expect(rotate("--mesh-secrets")).toContain("step 2 of 3");
  expect(secrets()).toBe("secrets: [2, 1]\n");
  expect(rotate("--mesh-secrets")).toMatch(
    /^step 3 of 3: .*\n {2}secrets \[2, 1\] -> \[2\]\nnext: pulumi up, and it is done\n$/,
  );
  expect(secrets()).toBe("secrets: [2]\n");
  expect(warnings()).toMatch(/^ok: /);
});

test("whoever has a stolen key knows the secrets, and rotate and validate ask for others until they are made", () => {
  project();
  expect(rotate("--revoke", "nyc1")).toMatch(
    /^another key, .*\n {2}nyc1: keys \[1\] -> \[2\]\nnext: pulumi up\nthen, .*: fullmesh rotate --mesh-secrets and pulumi up, three times/,
  );
  expect(readFileSync(path("nyc1.yaml"), "utf8")).toBe(`${node(2)}keys: [2]\n`);
  expect(secrets()).toBe("secrets: [1]\nknownTo: [2]\n");
  expect(warnings()).toMatch(/^warning: nyc1: gone or revoked, .*`fullmesh rotate --mesh-secrets`/);
  rotate("--mesh-secrets");
  expect(secrets()).toBe("secrets: [1, 2]\nknownTo: []\n");
  expect(warnings()).not.toContain("gone or revoked");
});

test("a file is written that all commands take, however it is laid out, and whatever it is linked to", () => {
  project();
  const [fra1, nyc1] = [path("fra1.yaml"), path("nyc1.yaml")];
  writeFileSync(fra1, `${node(1)}keys:\n- 1 # first\n...\n`);
  chmodSync(fra1, 0o600);
  renameSync(nyc1, join(folder, "nodes/nyc1"));
  symlinkSync("../nyc1", nyc1);
  expect(rotate("--all")).toContain("step 1 of 3");
  expect(parse(readFileSync(fra1, "utf8"))).toMatchObject({ id: 1, keys: [1, 2] });
  expect(readFileSync(fra1, "utf8")).toContain("- 1 # first\n");
  expect(statSync(fra1).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder, "nodes/nyc1"), "utf8")).toBe(`${node(2)}keys: [1, 2]\n`);
  expect(fullmesh("validate").status).toBe(0);
});

test("where one of the files would be wrong, none is written", () => {
  project();
  writeFileSync(path("nyc1.yaml"), `${node(2)}keys: [9999]\n`);
  const { status, stderr } = fullmesh("rotate", "--all", "--revoke");
  expect(status).toBe(2);
  expect(stderr).toMatch(
    /^fullmesh: nothing was written, for these would be wrong then:\nnodes\/dev\/nyc1.yaml:.*10000/,
  );
  expect(readFileSync(path("fra1.yaml"), "utf8")).toBe(node(1));
  expect(existsSync(path("_secrets.yaml"))).toBe(false);
});

test("a key can be revoked without", () => {
  project();
  expect(rotate("--revoke", "nyc1", "--keep-mesh-secrets")).toBe(
    "another key, and the former one is refused\n  nyc1: keys [1] -> [2]\nnext: pulumi up\n",
  );
  expect(existsSync(path("_secrets.yaml"))).toBe(false);
});

test("a node that is gone for good knows the secrets, too", () => {
  project("retired: [{ id: 7, name: ams1, gone: true }, { id: 8, name: par1 }]\n");
  expect(warnings()).toMatch(/^warning: ams1: gone or revoked, /);
  rotate("--mesh-secrets");
  expect(secrets()).toBe("secrets: [1, 2]\nunknownTo: [7]\n");
  expect(warnings()).not.toContain("ams1");
});

test("which may be said not to matter", () => {
  project("retired: [{ id: 7, name: ams1, gone: true }]\n");
  expect(rotate("--keep-mesh-secrets")).toBe("the mesh's secrets [1] stay, known to nodes that are gone or revoked\n");
  expect(secrets()).toBe("secrets: [1]\nunknownTo: [7]\n");
  expect(warnings()).toMatch(/^ok: /);
});

test.each([
  [["--mesh-secrets", "fra1"], "--mesh-secrets goes with no node and no other option"],
  [["--mesh-secrets", "--all"], "--mesh-secrets goes with no node and no other option"],
  [["--mesh-secrets", "--revoke"], "--mesh-secrets goes with no node and no other option"],
  [["fra1", "--keep-mesh-secrets"], "leave out --keep-mesh-secrets"],
  [[], "name nodes, or write --all, or --mesh-secrets"],
])("rotate %j is refused, and nothing is written", (args, message) => {
  project();
  const { status, stderr } = fullmesh("rotate", ...args);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
  expect(existsSync(path("_secrets.yaml"))).toBe(false);
  expect(readFileSync(path("fra1.yaml"), "utf8")).toBe(node(1));
});
