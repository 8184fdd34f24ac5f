/** A tiny program's whole life with the real CLI and whatever plugins there are. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { utils } from "ssh2";
import { runsTypeScript } from "../../lab/scratchProject";
import { prepareToolchain, type Toolchain } from "../../lab/toolchain/toolchain";
import { temporaryDirectory } from "../toolchain/pluginProcess";
import { startSshHost, type SshHost } from "../toolchain/sshHost";

/** Where there is no Pulumi, the CLI is built first. */
const toolchainMilliseconds = 1_800_000;

const PROJECT = `
name: tiny
runtime: { name: nodejs, options: { typescript: false, nodeargs: "--require ${runsTypeScript} --stack-trace-limit=0" } }
config:
  tiny:greeting: { type: string, default: hello }
`;

const PROGRAM = `
  import { appendFileSync } from "node:fs";
  import { remote } from "@pulumi/command";
  import * as pulumi from "@pulumi/pulumi";
  import { RandomPassword } from "@pulumi/random";
  import { PrivateKey } from "@pulumi/tls";

  const greeting: string = new pulumi.Config().require("greeting");
  const hook = new pulumi.ResourceHook("probe", (args) => {
    appendFileSync("hooks", args.name + "\\n");
    if (greeting === "refuse") throw new Error("the probe found the host unfit");
  });
  const key = new PrivateKey("key", { algorithm: "ED25519" });
  const password = new RandomPassword("password", { length: 24, special: false });
  const apply = new remote.Command(
    "apply",
    {
      connection: { ...JSON.parse(process.env.TEST_CONNECTION ?? ""), dialErrorLimit: 0 },
      create: pulumi.interpolate\`printf '%s ' \${greeting}; wc -c\`,
      delete: "echo removed",
      stdin: password.result,
      logging: "none",
      addPreviousOutputInEnv: false,
    },
    { hooks: { beforeCreate: [hook], beforeUpdate: [hook] } },
  );
  console.log("the program says", greeting);
  export const out = apply.stdout;
  export const secretKey = key.privateKeyPem;
`;

const folder = temporaryDirectory();
const login = utils.generateKeyPairSync("ed25519");
let toolchain: Toolchain;
let host: SshHost;

beforeAll(async () => {
  toolchain = await prepareToolchain({ progress: () => undefined });
  host = await startSshHost({ authorizedKey: login.public });
  writeFileSync(path.join(folder, "Pulumi.yaml"), PROJECT);
  writeFileSync(path.join(folder, "package.json"), '{ "name": "tiny", "main": "index.ts" }');
  writeFileSync(path.join(folder, "index.ts"), PROGRAM);
  symlinkSync(path.join(__dirname, "..", "..", "node_modules"), path.join(folder, "node_modules"));
  mkdirSync(path.join(folder, "state"));
  await pulumi("stack", "init", "test");
}, toolchainMilliseconds);
afterAll(() => host.close());

/** Runs the CLI; resolves with its output and exit status. */
function run(...args: string[]): Promise<{ status: number | null; output: string }> {
  const connection = { host: "127.0.0.1", port: host.port, privateKey: login.private, hostKey: host.hostKey };
  const child = spawn(toolchain.pulumi, [...args, "--non-interactive"], {
    cwd: folder,
    env: {
      ...process.env,
      ...toolchain.env,
      PULUMI_BACKEND_URL: `file://${path.join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      SSH_AUTH_SOCK: "",
      TEST_CONNECTION: JSON.stringify(connection),
    },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 120_000,
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => {
    child.once("close", (status) => {
      resolve({ status, output });
    });
  });
}

async function pulumi(...args: string[]): Promise<string> {
  const { status, output } = await run(...args);
  if (status !== 0) throw new Error(`pulumi ${args.join(" ")}: status ${String(status)}\n${output}`);
  return output;
}

const hooksRun = (): string => readFileSync(path.join(folder, "hooks"), "utf8");

test("preview touches nothing; up runs the hook and the command; then all is as it should be", async () => {
  expect(await pulumi("preview")).toMatch(/\+ 4 to create/);
  expect(host.commands).toEqual([]);

  const up = await pulumi("up", "--yes", "--skip-preview");
  expect(up).toContain("the program says hello");
  expect(up).toMatch(/out +: "hello 24"/);
  expect(up).not.toContain("$PATH");
  expect(hooksRun()).toBe("apply\n");

  expect(await pulumi("preview", "--expect-no-changes")).toMatch(/4 unchanged/);
  expect(host.commands).toHaveLength(1);
});

test("no secret is in the state in plain", async () => {
  const state = await pulumi("stack", "export");
  expect(state).toContain("hello 24");
  expect(state).not.toContain("PRIVATE KEY");
  expect(state).not.toContain(login.private.slice(100, 160));
});

test("a change is previewed as the one property, and the hook runs before the update", async () => {
  await pulumi("config", "set", "greeting", "hi");
  expect(await pulumi("preview", "--diff")).toMatch(
    /~ create: "printf '%s ' hello; wc -c" => "printf '%s ' hi; wc -c"/,
  );
  expect(await pulumi("up", "--yes", "--skip-preview")).toMatch(/out +: "hello 24" => "hi 24"/);
  expect(hooksRun()).toBe("apply\napply\n");
});

test("a hook that throws keeps the command from running, and the state as it was", async () => {
  await pulumi("config", "set", "greeting", "refuse");
  const { status, output } = await run("up", "--yes", "--skip-preview");
  expect(status).not.toBe(0);
  expect(output).toContain("the probe found the host unfit");
  expect(host.commands).toHaveLength(2);
  await pulumi("config", "set", "greeting", "hi");
  await pulumi("preview", "--expect-no-changes");
});

test("a program that throws fails the run with its message", async () => {
  await pulumi("config", "rm", "greeting");
  writeFileSync(path.join(folder, "index.ts"), 'throw new Error("a broken program");');
  const { status, output } = await run("preview");
  expect(status).not.toBe(0);
  expect(output).toContain("a broken program");
});

test("destroy runs the delete command and leaves nothing", async () => {
  expect(await pulumi("destroy", "--yes", "--skip-preview")).toMatch(/- 4 deleted/);
  expect(host.commands.at(-1)).toBe("echo removed");
  expect(JSON.parse(await pulumi("stack", "export"))).not.toHaveProperty("deployment.resources");
});
