import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { fromStruct } from "../plugin/propertyValue";

/** Splits a string of Node flags at blanks; single and double quotes keep blanks together. */
export function splitFlags(flags: string): string[] {
  return Array.from(flags.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g), ([flag]) =>
    flag.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"),
  );
}

/**
 * The command line of `@pulumi/pulumi/cmd/run`, which runs a program.
 *
 * @param runModule - Path of that module, as the program itself resolves it.
 * @param engineAddress - The engine's address, for the program's log.
 */
export function programArguments(request: RunRequest, runModule: string, engineAddress: string): string[] {
  const info = request.getInfo();
  const nodeFlags = fromStruct(info?.getOptions()).nodeargs;
  const named: [string, string][] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", engineAddress],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", info?.getRootDirectory() ?? ""],
    ["stack", request.getStack()],
    ["pwd", request.getPwd()],
    ["parallel", String(request.getParallel())],
  ];
  return [
    ...(typeof nodeFlags === "string" ? splitFlags(nodeFlags) : []),
    runModule,
    ...named.filter(([, value]) => value !== "").flatMap(([name, value]) => [`--${name}`, value]),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    // "." makes the runner take "main" from package.json, whose default is index.js.
    info?.getEntryPoint() ?? ".",
    ...request.getArgsList(),
  ];
}

/** What the program finds in its environment on top of the engine's. */
export function programEnvironment(request: RunRequest): Record<string, string> {
  const options = fromStruct(request.getInfo()?.getOptions());
  const config = request.getConfigMap().toArray();
  const environment: Record<string, string> = {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(config.map(([key, value]) => [configKey(key), value]))),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList().map(configKey)),
  };
  // The runner registers ts-node only when this is set.
  if (options.typescript !== false) environment.PULUMI_NODEJS_TYPESCRIPT = "true";
  const tsconfig = options.tsconfig;
  if (typeof tsconfig === "string") environment.PULUMI_NODEJS_TSCONFIG_PATH = tsconfig;
  return environment;
}

/** The Node SDK still reads keys in the older form `namespace:config:name`. */
function configKey(key: string): string {
  const parts = key.split(":");
  return parts.length === 2 ? parts.join(":config:") : key;
}
