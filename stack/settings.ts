import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { goScalar } from "../core/registry/goScalar";
import { parseSettings, type SettingsResult, type UsableSettings } from "../core/registry/parseSettings";
import { problemAt, sortProblems, startOf, type Place, type Problem } from "../core/registry/problem";
import type { DeclaredSettings } from "../core/registry/reference";
import { readYaml, valueAt, type YamlSource } from "../core/registry/yamlSource";
import { resolvePath } from "../ssh/path";
import { reason, shownPath } from "./registryFolder";
import { stackFile } from "./stackFile";

/** Prefix of the project's own configuration keys: the `name` in Pulumi.yaml. */
const namespace = "fullmesh:";

/**
 * The settings as the files have them, for the CLI, which runs without the engine: defaults from Pulumi.yaml, values from Pulumi.<stack>.yaml.
 * Paths in them are absolute.
 */
export function settingsFromPulumiYaml(projectFolder: string, stack: string): SettingsResult {
  const files = readConfigFiles(projectFolder, stack);
  if (files.problems.length > 0) return { ok: false, problems: files.problems, usable: {} };
  return absolute(
    projectFolder,
    parseSettings({ stack, values: { ...files.defaults, ...files.values }, place: files.place }),
  );
}

/**
 * The settings as the engine has them, for the Pulumi program: `config` is `pulumi.runtime.allConfig()`, in which the engine has filled in the
 * defaults of Pulumi.yaml and what the command line overrides. The files are only read to tell where a bad value is written.
 */
export function settingsFromEngine(
  projectFolder: string,
  stack: string,
  config: Readonly<Record<string, string>>,
): SettingsResult {
  const values = ownKeys(Object.entries(config));
  return absolute(projectFolder, parseSettings({ stack, values, place: readConfigFiles(projectFolder, stack).place }));
}

const declaredSchema = z.record(
  z.string(),
  z.object({ description: z.string(), default: z.union([z.string(), z.number(), z.boolean()]).exactOptional() }),
);

/** The settings as the project's Pulumi.yaml declares them, by name without the namespace. Throws where one has no description. */
export function declaredSettings(projectFolder: string): DeclaredSettings {
  return declaredSchema.parse(ownKeys(configOf(readConfigFile(join(projectFolder, "Pulumi.yaml")).source)));
}

/** Both configuration files: the values in them, without the namespace, and where each is. */
interface ConfigFiles {
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly values: Readonly<Record<string, unknown>>;
  readonly place: (name: string) => Place;
  readonly problems: readonly Problem[];
}

function readConfigFiles(projectFolder: string, stack: string): ConfigFiles {
  const project = readConfigFile(join(projectFolder, "Pulumi.yaml"));
  const own = readConfigFile(stackFile(projectFolder, stack));
  const declared = ownKeys(configOf(project.source));
  const defaults = Object.fromEntries(
    Object.entries(declared)
      .map(([name, declaration]) => [name, valueAt(declaration, ["default"])] as const)
      .filter(([, value]) => value !== undefined),
  );
  const values = ownKeys(configOf(own.source));
  const place = (name: string): Place => {
    const path = ["config", namespace + name];
    if (own.source && (name in values || !(name in defaults))) return own.source.valuePlace(path);
    return project.source && name in defaults ? project.source.valuePlace([...path, "default"]) : startOf(own.file);
  };
  return { defaults, values, place, problems: sortProblems([...project.problems, ...own.problems]) };
}

interface ConfigFile {
  readonly file: string;
  readonly source?: YamlSource;
  readonly problems: readonly Problem[];
}

function readConfigFile(path: string): ConfigFile {
  const file = shownPath(path);
  try {
    return { file, ...readYaml(file, readFileSync(path, "utf8"), goScalar) };
  } catch (error) {
    const fix = "run in the project's folder, and name a stack that has a configuration file";
    return { file, problems: [problemAt(startOf(file), `cannot be read: ${reason(error)}`, fix)] };
  }
}

function configOf(source: YamlSource | undefined): [string, unknown][] {
  const config = valueAt(source?.value, ["config"]);
  return typeof config === "object" && config !== null ? Object.entries(config) : [];
}

/** The project's own settings, by name without the namespace. */
function ownKeys(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(
    entries.flatMap(([key, value]) => (key.startsWith(namespace) ? [[key.slice(namespace.length), value]] : [])),
  );
}

function absolute(projectFolder: string, result: SettingsResult): SettingsResult {
  const resolved = (path: string): string => resolvePath(path, projectFolder);
  if (!result.ok) {
    const { registryFolder, ...others } = result.usable;
    const usable: UsableSettings =
      registryFolder === undefined ? others : { ...others, registryFolder: resolved(registryFolder) };
    return { ...result, usable };
  }
  const { settings } = result;
  return {
    ok: true,
    settings: {
      ...settings,
      registryFolder: resolved(settings.registryFolder),
      knownHostsFile: resolved(settings.knownHostsFile),
      sshLogin:
        settings.sshLogin.kind === "agent"
          ? settings.sshLogin
          : { kind: "keyFile", file: resolved(settings.sshLogin.file) },
    },
  };
}
