/** The stand-in for the Node language host, with a runner in the program's node_modules that tells how it was started. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { LanguageRuntimeClient } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  AboutRequest,
  GetRequiredPackagesRequest,
  ProgramInfo,
  RunRequest,
  type AboutResponse,
  type GetRequiredPackagesResponse,
  type RunResponse,
} from "@pulumi/pulumi/proto/language_pb";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { standIns } from "../../lab/toolchain/standIns";
import { splitFlags } from "../../lab/toolchain/standins/language/commandLine";
import { toStruct, type PropertyMap } from "../../lab/toolchain/standins/plugin/propertyValue";
import { builtCliVersion } from "../../lab/toolchain/versions";
import { isAlive, startPlugin, temporaryDirectory, type PluginProcess } from "./pluginProcess";

/** Prints how it was started; the entry point says what to do then. */
const RUNNER = `
  const { PULUMI_CONFIG, PULUMI_CONFIG_SECRET_KEYS, PULUMI_NODEJS_TYPESCRIPT } = process.env;
  const [entry] = process.argv.slice(-1);
  console.log(JSON.stringify({
    flags: process.execArgv, args: process.argv.slice(2), cwd: process.cwd(),
    PULUMI_CONFIG, PULUMI_CONFIG_SECRET_KEYS, PULUMI_NODEJS_TYPESCRIPT,
  }));
  console.error("to stderr");
  if (entry.startsWith("exit")) process.exit(Number(entry.slice(4)));
  if (entry === "hang") { console.log("pid=" + process.pid + "."); setInterval(() => undefined, 1000); }
`;

const cache = temporaryDirectory();
const project = temporaryDirectory();
let host: PluginProcess;
let client: LanguageRuntimeClient;

let executable: string;

beforeAll(async () => {
  executable = path.join((await standIns(cache)).languageDirectory, "pulumi-language-nodejs");
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
    writeFileSync(path.join(project, file), text);
  };
  write("node_modules/@pulumi/pulumi/package.json", '{"name":"@pulumi/pulumi","version":"3.248.0"}');
  write("node_modules/@pulumi/pulumi/cmd/run/index.js", RUNNER);
  write("node_modules/@pulumi/tls/package.json", '{"version":"5.6.1","pulumi":{"resource":true}}');
  write("node_modules/@other/thing/package.json", '{"version":"v2.0.0","pulumi":{"resource":true,"name":"thing"}}');
  write("node_modules/plain/package.json", '{"version":"1.0.0"}');
});

beforeEach(async () => {
  host = await startPlugin(executable, project);
  client = new LanguageRuntimeClient(host.address, credentials.createInsecure());
});
afterEach(async () => {
  client.close();
  await host.stop("SIGINT");
});

function answer<Response>(
  send: (callback: (error: ServiceError | null, response: Response) => void) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    send((error, response) => {
      if (error) reject(new Error(error.details));
      else resolve(response);
    });
  });
}

function info(entryPoint: string, options: PropertyMap = {}): ProgramInfo {
  return new ProgramInfo()
    .setRootDirectory(project)
    .setProgramDirectory(project)
    .setEntryPoint(entryPoint)
    .setOptions(toStruct(options));
}

function run(entryPoint: string, options: PropertyMap = {}, dryRun = false): Promise<RunResponse> {
  const request = new RunRequest()
    .setProject("mesh")
    .setStack("dev")
    .setOrganization("organization")
    .setPwd(project)
    .setParallel(16)
    .setMonitorAddress("127.0.0.1:1")
    .setDryrun(dryRun)
    .setConfigsecretkeysList(["mesh:token"])
    .setInfo(info(entryPoint, options));
  request.getConfigMap().set("mesh:token", "t").set("aws:region", "r");
  return answer((done) => client.run(request, done));
}

function started(): Record<string, unknown> {
  return JSON.parse(/^\{.*\}$/m.exec(host.output())?.[0] ?? "{}") as Record<string, unknown>;
}

test("it says its version, and which Node runs programs", async () => {
  const plugin = await answer<PluginInfo>((done) => client.getPluginInfo(new Empty(), done));
  expect(plugin.getVersion()).toBe(builtCliVersion());
  const about = await answer<AboutResponse>((done) => client.about(new AboutRequest(), done));
  expect(about.getVersion()).toBe(process.version);
});

test("a program's providers are those of the packages in node_modules", async () => {
  const request = new GetRequiredPackagesRequest().setInfo(info("."));
  const response = await answer<GetRequiredPackagesResponse>((done) => client.getRequiredPackages(request, done));
  expect(
    response.getPackagesList().map((found) => [found.getKind(), found.getName(), found.getVersion()].join(" ")),
  ).toEqual(["resource thing v2.0.0", "resource tls v5.6.1"]);
});

test("a program gets Node's flags, the engine's addresses, its configuration and its secret keys", async () => {
  const response = await run(".", { typescript: false, nodeargs: "--stack-trace-limit=0 --title='a b'" }, true);
  expect([response.getError(), response.getBail()]).toEqual(["", false]);
  expect(started()).toEqual({
    flags: ["--stack-trace-limit=0", "--title=a b"],
    args: [
      ["--monitor", "127.0.0.1:1"],
      ["--engine", expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string],
      ["--organization", "organization"],
      ["--project", "mesh"],
      ["--root-directory", project],
      ["--stack", "dev"],
      ["--pwd", project],
      ["--parallel", "16"],
      ["--dry-run", "."],
    ].flat(),
    cwd: project,
    PULUMI_CONFIG: '{"aws:config:region":"r","mesh:config:token":"t"}',
    PULUMI_CONFIG_SECRET_KEYS: '["mesh:config:token"]',
  });
  expect(host.output()).toContain("to stderr\n");
});

test("ts-node is asked for unless the project says `typescript: false`", async () => {
  await run(".");
  expect(started()).toMatchObject({ PULUMI_NODEJS_TYPESCRIPT: "true" });
});

test("exit status 0 is success, 32 an error already told, any other an error", async () => {
  expect((await run("exit0")).toObject()).toMatchObject({ error: "", bail: false });
  expect((await run("exit32")).toObject()).toMatchObject({ error: "", bail: true });
  expect((await run("exit3")).toObject()).toMatchObject({
    error: "Program exited with non-zero exit code: 3",
    bail: false,
  });
});

test("a program without the SDK is told what to do", async () => {
  const request = new RunRequest().setPwd(cache).setInfo(new ProgramInfo().setProgramDirectory(cache));
  await expect(answer((done) => client.run(request, done))).rejects.toThrow(
    /@pulumi\/pulumi is not installed.*npm install/,
  );
});

test("idle, it ends at once when the engine closes it", async () => {
  await answer<Empty>((done) => client.cancel(new Empty(), done));
  const { code, milliseconds } = await host.stop("SIGINT");
  expect(code).toBe(0);
  // Else the engine ends it after 10 s.
  expect(milliseconds).toBeLessThan(8_000);
});

test("it takes a program that runs with it", async () => {
  const running = run("hang").catch(() => undefined);
  let pid: number | undefined;
  while (pid === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const found = /^pid=(\d+)\./m.exec(host.output())?.[1];
    if (found !== undefined) pid = Number(found);
  }
  await host.stop("SIGINT");
  await running;
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
});

test("flags are split at blanks outside quotes", () => {
  expect(splitFlags(` --a  --b="c d" '--e f' g`)).toEqual(["--a", "--b=c d", "--e f", "g"]);
});
