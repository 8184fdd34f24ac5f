import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { validate } from "../../cli/validate";
import { projectWith } from "./project";

const root = join(__dirname, "../..");
const pulumiYaml = readFileSync(join(root, "Pulumi.yaml"), "utf8");
const stackYaml = "config:\n  fullmesh:overlayIpv4: 10.66.0.0/16\n  fullmesh:overlayIpv6: fd66:66::/64\n";
const node = "id: 1\norganization: lab\nssh: {host: 192.0.2.1}\nendpoints: [{serial: 0, family: ip4}]\n";

function run(folder: string, ...args: string[]) {
  const program = `require(${JSON.stringify(join(root, "cli/validate"))}).validateCommand().parseAsync()`;
  const typescript = join(root, "bin/typescript.js");
  const { status, stdout, stderr } = spawnSync("node", ["--require", typescript, "-e", program, "--", ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });
  return { status, stdout, stderr };
}

describe("fullmesh validate", () => {
  const good = projectWith({ "Pulumi.yaml": pulumiYaml, "Pulumi.dev.yaml": stackYaml, "nodes/dev/fra1.yaml": node });
  const bad = projectWith({
    "Pulumi.yaml": pulumiYaml,
    "Pulumi.dev.yaml": stackYaml.replace("fd66:66::/64", "fd66:66::/8"),
    "nodes/dev/fra1.yaml": node.replace("id: 1", "id: x"),
  });

  it("counts the nodes of a good registry", () => {
    expect(run(good)).toEqual({ status: 0, stdout: "ok: 1 node in nodes/dev\n", stderr: "" });
  });

  it("tells of a node that is left as it was copied from the demo", () => {
    const copy = node.replace("{host: 192.0.2.1}", "{host: 127.0.0.1, port: 2201}");
    const files = { "Pulumi.yaml": pulumiYaml, "Pulumi.prod.yaml": stackYaml, "nodes/prod/paris.yaml": copy };
    const { status, stdout } = run(projectWith(files));
    expect(status).toBe(0);
    expect(stdout).toContain("warning: paris is logged in to at 127.0.0.1 port 2201, this computer itself");
  });

  it("shows what is wrong with settings and registry together", () => {
    const { status, stdout } = run(bad);
    expect(status).toBe(1);
    expect(stdout).toBe(
      'Pulumi.dev.yaml:3:25: `fullmesh:overlayIpv6` must be an IPv6 network in CIDR notation, /32 to /112, but "fd66:66::/8" is larger than /32\n' +
        "    fix: for example: pulumi config set fullmesh:overlayIpv6 fd66:66::/64\n" +
        'nodes/dev/fra1.yaml:1:5: `id` must be a whole number from 1 to 65534, but is "x"\n' +
        "    fix: give the node a number that no node has or had before\n" +
        "2 problems in stack dev\n",
    );
  });

  it("prints JSON for programs", () => {
    const { status, stdout } = run(bad, "--json");
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      stack: "dev",
      problems: [{ line: 3 }, { line: 1, column: 5 }],
    });
  });

  it("exits with 2 where it cannot know what to check", () => {
    expect(run(good, "--stack", "prod")).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining("stacks here: dev") as string,
    });
  });

  it("is well with the dev stack of this project", () => {
    expect(validate(root, "dev")).toEqual({
      ok: true,
      stack: "dev",
      folder: "nodes/dev",
      nodes: 4,
      warnings: [],
    });
  });
});
