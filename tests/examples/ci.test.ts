import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { Steps } from "../../lab/progress";
import { projectFolder } from "../../lab/scratchProject";
import { ensurePackages } from "../../lab/vm/requirements";
import { commitAll } from "../stack/git";
import { projectWith } from "../stack/project";

/** The scripts of examples/ci, as a runner runs them: in a repository, with the real CLI, and stand-ins for what is elsewhere. */

const examples = join(projectFolder, "examples", "ci");

const stackYaml = "config:\n  fullmesh:overlayIpv4: 10.66.0.0/16\n  fullmesh:overlayIpv6: fd66:66::/64\n";

function node(id: number): string {
  return `id: ${id}\norganization: acme\nssh: {host: 192.0.2.${id}}\nendpoints: [{serial: 0, family: ip4, address: 192.0.2.${id}}]\n`;
}

/** Stand-ins: `npx` is the CLI of this checkout, and each program writes its arguments and what it reads to a file of its name. */
function programs(folder: string, texts: Readonly<Record<string, string>>): string {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const all = {
    npx: `shift\nexec '${process.execPath}' '${join(projectFolder, "bin", "fullmesh.js")}' "$@"\n`,
    ...texts,
  };
  for (const [name, text] of Object.entries(all)) {
    writeFileSync(join(bin, name), `#!/bin/sh\nprintf '%s\\n' "$*" >>'${join(folder, `${name}.log`)}'\n${text}`);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

/** A repository with two nodes in its one commit, and a third that is not committed. */
function repository(third = node(3)): string {
  const folder = projectWith({
    "Pulumi.yaml": readFileSync(join(projectFolder, "Pulumi.yaml"), "utf8"),
    "Pulumi.prod.yaml": stackYaml,
    "nodes/prod/fra1.yaml": node(1),
    "nodes/prod/nyc1.yaml": node(2),
  });
  commitAll(folder, "two nodes");
  writeFileSync(join(folder, "nodes/prod/tyo1.yaml"), third);
  return folder;
}

function run(folder: string, script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const path = [join(folder, "bin"), process.env.PATH].join(delimiter);
  const { status, stdout, stderr } = spawnSync(join(examples, script), args, {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: path, HOME: process.env.HOME, ...env },
  });
  return { status, stdout, stderr };
}

const preview = "echo 'Previewing update (prod):'\necho '    + fullmesh:index:Node tyo1 create'\n";

test("review: what joins with a picture, what a failure would do, and the preview", () => {
  const folder = repository();
  programs(folder, { pulumi: preview });
  const { status, stdout } = run(folder, "review.sh", ["prod", "HEAD"]);
  expect(stdout).toMatch(/^<!-- fullmesh prod -->\n## fullmesh: prod\n/);
  expect(stdout).toContain("1 node joins");
  expect(stdout).toContain("```mermaid");
  expect(stdout).toContain("<summary>What a failure would do</summary>");
  expect(stdout).toContain("+ fullmesh:index:Node tyo1 create");
  expect(status).toBe(0);
  expect(readFileSync(join(folder, "pulumi.log"), "utf8")).toBe(
    "preview --stack prod --diff --color never --non-interactive\n",
  );
});

test("review: files that are refused are shown, and nothing else is tried", () => {
  const folder = repository(node(2));
  programs(folder, { pulumi: preview });
  const { status, stdout } = run(folder, "review.sh", ["prod", "HEAD"]);
  expect(status).toBe(1);
  expect(stdout).toMatch(/^<!-- fullmesh prod -->\n/);
  expect(stdout).toContain("**refused**: the files of this stack");
  expect(stdout).toContain("nodes/prod/tyo1.yaml:1:5");
  expect(stdout).not.toContain("pulumi preview");
});

test("review: a preview that fails is shown, and is a failure", () => {
  const folder = repository();
  programs(folder, { pulumi: "echo 'error: no credentials' >&2\nexit 255\n" });
  const { status, stdout } = run(folder, "review.sh", ["prod", "HEAD"]);
  expect(status).toBe(1);
  expect(stdout).toContain("**refused**: pulumi preview");
  expect(stdout).toContain("error: no credentials");
});

test("review: what is too long for a comment is in the log", () => {
  const folder = repository();
  programs(folder, { pulumi: `${preview}yes 'a long preview' | head -c 5000\n` });
  const { status, stdout, stderr } = run(folder, "review.sh", ["prod", "HEAD"], {
    FULLMESH_COMMENT_CHARACTERS: "4500",
  });
  expect(status).toBe(0);
  expect(stdout.length).toBeLessThanOrEqual(4500);
  expect(stdout).toContain("The rest is too long for a comment: see the log of the job.");
  expect(stdout).toContain("1 node joins");
  expect(stderr).toContain("a long preview");
});

test("deploy: checks, deploys, and looks", () => {
  const folder = projectWith({});
  programs(folder, { npx: "" });
  expect(run(folder, "deploy.sh", ["prod"]).status).toBe(0);
  expect(readFileSync(join(folder, "npx.log"), "utf8").split("\n")).toEqual([
    "fullmesh validate --stack prod",
    "fullmesh up --stack prod -- --yes --skip-preview --color never --non-interactive",
    "fullmesh status --stack prod",
    "",
  ]);
});

test("deploy: files that are refused are not deployed", () => {
  const folder = projectWith({});
  programs(folder, { npx: "exit 1\n" });
  expect(run(folder, "deploy.sh", ["prod"]).status).toBe(1);
  expect(readFileSync(join(folder, "npx.log"), "utf8")).toBe("fullmesh validate --stack prod\n");
});

describe("one comment, which is updated", () => {
  const review = "<!-- fullmesh prod -->\n## fullmesh: prod\n";

  it.each([
    ["made", "", "api --silent --method POST repos/acme/mesh/issues/7/comments --field body=@review.md"],
    ["updated", "echo 99", "api --silent --method PATCH repos/acme/mesh/issues/comments/99 --field body=@review.md"],
  ])("GitHub: %s", (_what, found, expected) => {
    const folder = projectWith({ "review.md": review });
    programs(folder, {
      gh: `case $* in *--paginate*) [ "$FULLMESH_KIND" = '<!-- fullmesh prod -->' ] && ${found || ":"} ;; esac\n`,
    });
    const { status } = run(folder, "comment-github.sh", ["7", "review.md"], { GITHUB_REPOSITORY: "acme/mesh" });
    expect(status).toBe(0);
    expect(readFileSync(join(folder, "gh.log"), "utf8").split("\n")[1]).toBe(expected);
  });

  it.each([
    [
      "made",
      "[]",
      "--output /dev/null --request POST --data-urlencode body@review.md http://gitlab/projects/3/merge_requests/7/notes",
    ],
    [
      "updated",
      '[{"id":1,"body":"looks good"},{"id":99,"body":"<!-- fullmesh prod -->\\nold"}]',
      "--output /dev/null --request PUT --data-urlencode body@review.md http://gitlab/projects/3/merge_requests/7/notes/99",
    ],
  ])("GitLab: %s, and the token is in no command line", async (_what, notes, expected) => {
    await ensurePackages(["jq"], new Steps(console.error));
    const folder = projectWith({ "review.md": review, "notes.json": notes });
    programs(folder, { curl: "cat >>headers\ncase $* in *per_page*) cat notes.json ;; esac\n" });
    const env = { CI_API_V4_URL: "http://gitlab", CI_PROJECT_ID: "3", GITLAB_TOKEN: "secret-token" };
    expect(run(folder, "comment-gitlab.sh", ["7", "review.md"], env)).toEqual({ status: 0, stdout: "", stderr: "" });
    const calls = readFileSync(join(folder, "curl.log"), "utf8");
    expect(calls.trimEnd().split("\n").at(-1)).toBe(`--silent --show-error --fail --config - ${expected}`);
    expect(calls).not.toContain("secret-token");
    expect(readFileSync(join(folder, "headers"), "utf8")).toContain('header = "PRIVATE-TOKEN: secret-token"');
  });
});

test.each(["github.yml", "gitlab.yml"])("%s: the scripts that it names are there", (name) => {
  const text = readFileSync(join(examples, name), "utf8");
  expect(typeof parse(text)).toBe("object");
  const named = [...text.matchAll(/examples\/ci\/([a-z-]+\.sh)/g)].map(([, script = ""]) => script);
  expect(named.length).toBeGreaterThan(1);
  for (const script of named) expect(() => readFileSync(join(examples, script))).not.toThrow();
});
