import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commitAll, git } from "../stack/git";
import { projectWith } from "../stack/project";

/** The command `diff`, whole, in a repository whose project is not at its top. */
const root = join(__dirname, "..", "..");

const stackYaml = "config:\n  fullmesh:overlayIpv4: 10.66.0.0/16\n  fullmesh:overlayIpv6: fd66:66::/64\n";

function node(id: number): string {
  return `id: ${id}\norganization: acme\nssh: {host: 192.0.2.${id}}\nendpoints: [{serial: 0, family: ip4, address: 192.0.2.${id}}]\n`;
}

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1", ...env },
  });
  return { status, stdout, stderr };
}

function diff(folder: string, ...args: readonly string[]) {
  return run(process.execPath, [join(root, "bin/fullmesh.js"), "diff", ...args], join(folder, "mesh"));
}

/** A repository with two nodes in its one commit. */
function repository(): string {
  const folder = projectWith({
    "mesh/Pulumi.yaml": readFileSync(join(root, "Pulumi.yaml"), "utf8"),
    "mesh/Pulumi.dev.yaml": stackYaml,
    "mesh/nodes/dev/fra1.yaml": node(1),
    "mesh/nodes/dev/nyc1.yaml": node(2),
  });
  commitAll(folder, "two nodes");
  return folder;
}

test("a bastion is a change of how the deployer logs in, and of nothing on the host", () => {
  const folder = repository();
  const jump = "jump: [{host: GW.example.net, user: jump}, {host: '2001:db8::1', port: 2222}]";
  writeFileSync(join(folder, "mesh/nodes/dev/nyc1.yaml"), node(2).replace("192.0.2.2}", `192.0.2.2, ${jump}}`));
  const { status, stdout } = diff(folder);
  expect(status).toBe(0);
  expect(stdout).toContain(
    "  ~  nyc1  ssh root@192.0.2.2:22 => root@192.0.2.2:22 via jump@gw.example.net:22, root@2001:db8::1:2222\n",
  );
  expect(stdout).not.toMatch(/^(hosts|links)$/m);
});

test("another host or port to log in to is given the node's keys, another user is not", () => {
  const folder = repository();
  const becomes = "; the host there becomes nyc1, with all its keys\n";
  for (const [host, said] of [
    ["198.51.100.9", `root@198.51.100.9:22${becomes}`],
    ["192.0.2.2, port: 2222", `root@192.0.2.2:2222${becomes}`],
    ["192.0.2.2, user: op", "op@192.0.2.2:22\n"],
  ] as const) {
    writeFileSync(join(folder, "mesh/nodes/dev/nyc1.yaml"), node(2).replace("{host: 192.0.2.2}", `{host: ${host}}`));
    expect(diff(folder).stdout).toContain(`  ~  nyc1  ssh root@192.0.2.2:22 => ${said}`);
  }
});

test("what the files would do to a mesh as it was committed, as text, Markdown and JSON", () => {
  const folder = repository();
  rmSync(join(folder, "mesh/nodes/dev/nyc1.yaml"));
  writeFileSync(join(folder, "mesh/nodes/dev/tyo1.yaml"), node(3));
  const text = diff(folder);
  expect(text).toMatchObject({ status: 0, stderr: "" });
  expect(text.stdout).toContain(
    "dev, HEAD -> the files here: 1 node joins, 1 node leaves, 1 link joins, 1 link leaves\n",
  );
  expect(text.stdout).toContain(
    "  +  fra1 - tyo1  ip4 192.0.2.1:4500 -> 192.0.2.3:4500, initiator fra1, if_id 768, MTU 1438, cost 480\n",
  );
  const markdown = diff(folder, "--markdown").stdout;
  expect(markdown).toMatch(
    /^dev, HEAD -> .*\n\n```mermaid\ngraph LR\n[^`]* n_fra1 -\.-\|"leaves"\| n_nyc1\n[^`]*\n```\n\n\*\*nodes\*\*/,
  );
  expect(markdown).toContain("**links**\n\n- `-` `fra1 - nyc1`\n- `+` `fra1 - tyo1` ip4 ");
  const json: unknown = JSON.parse(diff(folder, "--json").stdout);
  expect(json).toMatchObject({
    stack: "dev",
    from: "HEAD",
    nodes: [
      { name: "nyc1", change: "leaves" },
      { name: "tyo1", change: "joins" },
    ],
  });
});

test("in a hook, whose GIT_DIR names the repository alone, the project is found in its folder", () => {
  const folder = repository();
  const args = [join(root, "bin/fullmesh.js"), "diff"];
  const hook = { GIT_DIR: join(folder, ".git"), GIT_INDEX_FILE: join(folder, ".git/index") };
  const inHook = (env: NodeJS.ProcessEnv) => run(process.execPath, args, join(folder, "mesh"), env);
  expect(inHook(hook)).toEqual(diff(folder));
  expect(inHook({ ...hook, GIT_WORK_TREE: folder })).toEqual(diff(folder));
  expect(diff(folder).status).toBe(0);
});

test("a commit that a shallow clone lacks is asked for", () => {
  const folder = repository();
  const shallow = projectWith({});
  git(shallow, "clone", "-q", "--depth", "1", `file://${folder}`, ".");
  expect(diff(shallow, "HEAD~1")).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(
      /^fullmesh: git knows no commit "HEAD~1"\n {4}fix: this clone is shallow .*git fetch --unshallow/,
    ) as string,
  });
});

test("what cannot be compared is said, with the side that is wrong", () => {
  const folder = repository();
  const { status, stderr } = diff(folder, "v9");
  expect(status).toBe(2);
  expect(stderr).toMatch(/^fullmesh: git knows no commit "v9"\n {4}fix: commit the files first, git fetch/);
  writeFileSync(join(folder, "mesh/nodes/dev/nyc1.yaml"), node(1));
  const here = diff(folder);
  expect(here).toMatchObject({ status: 2, stdout: "" });
  expect(here.stderr).toMatch(/^fullmesh: stack dev cannot be planned:\nnodes\/dev\/nyc1.yaml:/);
  git(folder, "commit", "-qam", "a bad one");
  writeFileSync(join(folder, "mesh/nodes/dev/nyc1.yaml"), node(2));
  expect(diff(folder).stderr).toMatch(/^fullmesh: at HEAD: stack dev cannot be planned:\nnodes\/dev\/nyc1.yaml:/);
  expect(diff(folder, "HEAD~1")).toMatchObject({ status: 0 });
});

test("a stack that is not committed yet has nothing to compare with", () => {
  const folder = repository();
  writeFileSync(join(folder, "mesh/Pulumi.prod.yaml"), stackYaml);
  mkdirSync(join(folder, "mesh/nodes/prod"));
  writeFileSync(join(folder, "mesh/nodes/prod/ams1.yaml"), node(3));
  const { status, stderr } = diff(folder, "--stack", "prod");
  expect(status).toBe(2);
  expect(stderr).toMatch(/^fullmesh: at HEAD: there is no Pulumi.prod.yaml, .*\n {4}fix: commit it with its registry/);
});

test("a project in no repository has nothing to compare with", () => {
  const folder = projectWith({
    "mesh/Pulumi.yaml": readFileSync(join(root, "Pulumi.yaml"), "utf8"),
    "mesh/Pulumi.dev.yaml": stackYaml,
    "mesh/nodes/dev/fra1.yaml": node(1),
  });
  const { status, stderr } = diff(folder);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^fullmesh: the project is in no git repository: /);
});

describe("a registry that is not in the project's folder", () => {
  /** A repository with the project in `mesh`, and a registry elsewhere. */
  function elsewhere(registry: string, nodes: string): string {
    const folder = projectWith({
      "mesh/Pulumi.yaml": readFileSync(join(root, "Pulumi.yaml"), "utf8"),
      "mesh/Pulumi.dev.yaml": `${stackYaml}  fullmesh:registry: ${registry}\n`,
      [`${nodes}/fra1.yaml`]: node(1),
      [`${nodes}/nyc1.yaml`]: node(2),
    });
    git(folder, "init", "-q");
    return folder;
  }

  function commitAll(folder: string): void {
    git(folder, "add", "-A");
    git(folder, "commit", "-qm", "all");
  }

  test("is compared where the commit has it", () => {
    const folder = elsewhere("../nodes", "nodes");
    commitAll(folder);
    rmSync(join(folder, "nodes/nyc1.yaml"));
    expect(diff(folder)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("1 node leaves, 1 link leaves") as string,
      stderr: "",
    });
  });

  test("is compared where a link leads to it within the commit", () => {
    const folder = elsewhere("linked", "nodes");
    symlinkSync("../nodes", join(folder, "mesh/linked"));
    commitAll(folder);
    rmSync(join(folder, "nodes/nyc1.yaml"));
    expect(diff(folder)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("1 node leaves, 1 link leaves") as string,
    });
  });

  const unknown = (what: string): object => ({
    status: 2,
    stdout: "",
    stderr: `fullmesh: at HEAD: ${what}\n    fix: have the registry in the project's repository, and name it relative to the project's folder\n`,
  });

  test("and not in the commit is refused, by its path, a link or a link of one file", () => {
    const others = projectWith({ "fra1.yaml": node(1), "nyc1.yaml": node(2) });
    const byPath = elsewhere(others, "unused");
    const byLink = elsewhere("linked", "unused");
    symlinkSync(others, join(byLink, "mesh/linked"));
    const ofFile = elsewhere("../nodes", "nodes");
    rmSync(join(ofFile, "nodes/nyc1.yaml"));
    symlinkSync(join(others, "nyc1.yaml"), join(ofFile, "nodes/nyc1.yaml"));
    for (const folder of [byPath, byLink, ofFile]) commitAll(folder);
    const outside = "outside the repository, and what it was then cannot be known";
    expect(diff(byPath)).toEqual(unknown(`the registry (fullmesh:registry) is ${outside}`));
    expect(diff(byLink)).toEqual(unknown(`mesh/linked is a link to what is ${outside}`));
    expect(diff(ofFile)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("nodes/nyc1.yaml:1:1: a link that leads out of ") as string,
    });
  });

  test("and in a submodule is refused by the submodule's name", () => {
    const nodes = projectWith({ "dev/fra1.yaml": node(1) });
    git(nodes, "init", "-q");
    commitAll(nodes);
    const folder = elsewhere("../shared/dev", "unused");
    git(folder, "-c", "protocol.file.allow=always", "submodule", "add", "-q", nodes, "shared");
    commitAll(folder);
    expect(diff(folder)).toEqual(
      unknown("the registry is in the submodule shared, whose files the commit does not have"),
    );
  });
});
