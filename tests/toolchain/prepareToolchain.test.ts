/** Which CLI and which plugins are taken, on machines that have some of them: programs on PATH are scripts here. */
import { chmodSync, existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { leanPackages } from "../../lab/toolchain/leanSources";
import { prepareToolchain, type Toolchain } from "../../lab/toolchain/toolchain";
import { builtCliVersion, PROVIDERS, providerVersion, type ProviderName } from "../../lab/toolchain/versions";
import { temporaryDirectory } from "./pluginProcess";

const environment = { ...process.env };
let root: string;
let lines: string[];
let machine = 0;

const scratch = temporaryDirectory();

beforeEach(() => {
  root = path.join(scratch, String(machine++));
  lines = [];
  process.env.FULLMESH_CACHE = path.join(root, "cache");
  process.env.PULUMI_HOME = path.join(root, "home");
  process.env.PATH = [path.join(root, "bin"), "/usr/bin", "/bin"].join(path.delimiter);
});
afterEach(() => {
  process.env = { ...environment };
});

/** @param heard is told each line that is printed */
function prepare(heard: (line: string) => void = () => undefined): Promise<Toolchain> {
  return prepareToolchain({
    progress: (printed) => {
      const line = printed.replace(/^\[.*?\] /, "");
      lines.push(line);
      heard(line);
    },
  });
}

/** Puts a shell script in the machine's bin directory, or elsewhere below its root. */
function script(name: string, body: string, directory = "bin"): string {
  const file = path.join(root, directory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\nset -eu\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A CLI that says its version; `plugin install resource NAME VERSION` does what `install` says. */
function pulumi(version: string, install: string): string {
  return script("pulumi", `case "$1" in version) echo v${version} ;; plugin) ${install} ;; esac`);
}

const INSTALLS = `
  directory="$PULUMI_HOME/plugins/resource-$4-v$5"
  mkdir -p "$directory"
  echo official > "$directory/pulumi-resource-$4"
  chmod +x "$directory/pulumi-resource-$4"`;

/** The file that the engine will run for a provider. */
function plugin(toolchain: Toolchain, name: ProviderName): string {
  const directory = `resource-${name}-v${providerVersion(name)}`;
  return readFileSync(
    path.join(toolchain.env.PULUMI_HOME ?? "", "plugins", directory, `pulumi-resource-${name}`),
    "utf8",
  );
}

test("an ordinary installation: nothing of ours is used but a PULUMI_HOME", async () => {
  const cli = pulumi("3.260.0", INSTALLS);
  script("pulumi-language-nodejs", "exit 1");
  const toolchain = await prepare();
  expect(toolchain.pulumi).toBe(cli);
  expect(toolchain.description).toBe(`toolchain: pulumi 3.260.0 (${cli}), official plugins`);
  for (const name of PROVIDERS) expect(plugin(toolchain, name)).toBe("official\n");
  expect(toolchain.env).not.toHaveProperty("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION");
  expect(toolchain.env.PATH).toBe(process.env.PATH);

  // The next run installs nothing.
  pulumi("3.260.0", "exit 9");
  lines = [];
  expect((await prepare()).env).toEqual(toolchain.env);
  expect(lines).toEqual([]);
});

test("plugins that cannot be had get stand-ins, in that run; the user's own are taken over", async () => {
  pulumi("3.260.0", "exit 1");
  script("pulumi-language-nodejs", "exit 1");
  script("pulumi-resource-tls", "echo theirs", `home/plugins/resource-tls-v${providerVersion("tls")}`);
  const toolchain = await prepare();
  expect(toolchain.description).toMatch(/, stand-ins for command, random$/);
  expect(plugin(toolchain, "tls")).toContain("theirs");
  expect(plugin(toolchain, "random")).toContain("#!/usr/bin/env node");
  expect(toolchain.env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION).toBe("true");

  pulumi("3.260.0", INSTALLS);
  const later = await prepare();
  expect(later.description).toMatch(/, official plugins$/);
  expect(plugin(later, "random")).toBe("official\n");
  // Both have one selected stack.
  const workspaces = [toolchain, later].map(({ env }) => readlinkSync(path.join(env.PULUMI_HOME ?? "", "workspaces")));
  expect(workspaces[0]).toBe(workspaces[1]);
});

test("a plugin on PATH is the user's wish: no stand-in for it, and none before it", async () => {
  pulumi("3.260.0", "exit 1");
  script("pulumi-language-nodejs", "exit 1");
  script("pulumi-resource-command", "echo mine");
  const toolchain = await prepare();
  expect(toolchain.description).toMatch(/, stand-ins for tls, random$/);
  expect(existsSync(path.join(toolchain.env.PULUMI_HOME ?? "", "plugins", `resource-command-v1.2.1`))).toBe(false);
});

test("a CLI without its language host gets ours on PATH", async () => {
  pulumi("3.260.0", INSTALLS);
  const { description, env } = await prepare();
  expect(description).toMatch(/, stand-ins for nodejs$/);
  expect(env.PATH).toMatch(/pulumi-language-nodejs:/);
});

/** What `go mod vendor` leaves, as far as it is changed. */
const vendor = leanPackages.map((name) => `mkdir -p vendor/${name}; : > vendor/${name}/spec.go`).join("\n");

test("without a CLI it is built once, however many ask; a CLI that is too old or broken is none", async () => {
  const old = pulumi("3.100.0", "exit 1");
  const broken = script("pulumi", "exit 1", "more");
  process.env.PATH = `${process.env.PATH ?? ""}:${path.dirname(broken)}`;
  const log = path.join(root, "builds");
  const waits = path.join(root, "another-waits");
  const heard = (line: string): void => {
    if (line.startsWith("waiting")) writeFileSync(waits, "");
  };
  script(
    "go",
    `case "$1" in
      mod) ${vendor} ;;
      build) echo "$*" >> ${log}; for _ in $(seq 2400); do [ ! -e ${waits} ] || break; sleep 0.05; done; echo 'echo v3.259.0' > "$3"; chmod +x "$3" ;;
    esac`,
  );
  const [one, two] = await Promise.all([prepare(heard), prepare(heard)]);
  expect(two).toEqual(one);
  expect(one.description).toBe(
    `toolchain: pulumi ${builtCliVersion()} (built from Go modules, without clouds), stand-ins for nodejs, command, tls, random`,
  );
  expect(existsSync(path.join(path.dirname(one.pulumi), "pulumi-language-nodejs"))).toBe(true);
  const builds = readFileSync(log, "utf8").trim().split("\n");
  expect(builds).toHaveLength(1);
  expect(builds[0]).toContain(`-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${builtCliVersion()}`);
  expect(lines).toEqual(
    expect.arrayContaining([
      `${old} is version 3.100.0, older than 3.200.0: not used`,
      `${broken} does not run: not used`,
      "waiting for another program that builds the Pulumi CLI",
      expect.stringMatching(/^building the Pulumi CLI .*: \d+\.\d s$/),
    ]),
  );

  // Our own CLI on PATH, as in a shell made ready for the demo, is not an installation of the user's.
  process.env = { ...process.env, ...one.env };
  expect(await prepare()).toEqual(one);
  expect(readFileSync(log, "utf8").trim().split("\n")).toHaveLength(1);
});

test("a failed build leaves nothing behind and says what Go said", async () => {
  script("go", `[ "$1" = version ] || { echo "go: no such module" >&2; exit 1; }`);
  await expect(prepare()).rejects.toThrow(/go: no such module/);
  script("go", `case "$1" in mod) ${vendor} ;; build) echo built > "$3" ;; esac`);
  await expect(prepare()).resolves.toBeDefined();
});

test("without Go either, it says what to install", async () => {
  process.env.PATH = path.join(root, "bin");
  await expect(prepare()).rejects.toThrow(
    /There is no `pulumi` on PATH, and no `go` to build it with\. Install Pulumi/,
  );
});
