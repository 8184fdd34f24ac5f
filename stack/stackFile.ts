import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The stack to work on, or why there is none. */
export type StackChoice =
  | { readonly ok: true; readonly stack: string }
  | { readonly ok: false; readonly message: string; readonly fix: string };

/** The nearest folder with a Pulumi.yaml, from the given one upwards, as the `pulumi` command finds it. */
export function findProjectFolder(from: string): string | undefined {
  let folder = resolve(from);
  while (!existsSync(join(folder, "Pulumi.yaml"))) {
    if (dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
  return folder;
}

/** The stack that `pulumi stack select` remembers for a project, if there is a `pulumi` to ask. */
export function selectedStack(projectFolder: string): string | undefined {
  const { status, stdout } = spawnSync("pulumi", ["stack", "--show-name", "--non-interactive"], {
    cwd: projectFolder,
    encoding: "utf8",
    timeout: 10_000,
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  return status === 0 ? stdout.trim() : undefined;
}

/** The file with a stack's configuration. */
export function stackFile(projectFolder: string, stack: string): string {
  return join(projectFolder, `Pulumi.${stack}.yaml`);
}

/** Stacks that have a configuration file in the project, by name. */
export function knownStacks(projectFolder: string): string[] {
  return readdirSync(projectFolder)
    .flatMap((name) => /^Pulumi\.([A-Za-z0-9._-]+)\.yaml$/.exec(name)?.[1] ?? [])
    .sort();
}

/**
 * Which stack is meant: the one asked for (`--stack`), else PULUMI_STACK, else the only one that has a configuration file, else the one that
 * `pulumi stack select` remembers.
 *
 * @param selected Finds that out; called only where there is nothing else to go by.
 */
export function chooseStack(
  projectFolder: string,
  asked: string | undefined,
  environment: string | undefined,
  selected: () => string | undefined = () => selectedStack(projectFolder),
): StackChoice {
  const known = knownStacks(projectFolder);
  const create = (name: string): string => `pulumi stack init ${name}, then set its configuration`;
  const list = known.length === 0 ? "no stack has a configuration file here" : `stacks here: ${known.join(", ")}`;
  const [wanted, origin] = asked !== undefined ? [asked, "--stack"] : [environment ?? "", "PULUMI_STACK"];
  if (wanted === "" && asked === undefined) {
    const [only, ...others] = known;
    if (only !== undefined && others.length === 0) return { ok: true, stack: only };
    const remembered = selected();
    if (remembered !== undefined && known.includes(remembered)) return { ok: true, stack: remembered };
    const fix = known.length === 0 ? create("dev") : "say which with --stack NAME, or pulumi stack select NAME";
    return { ok: false, message: `which stack? ${list}`, fix };
  }
  // The engine also takes organization/project/stack; the file has the last part only.
  const stack = wanted.slice(wanted.lastIndexOf("/") + 1);
  if (known.includes(stack)) return { ok: true, stack };
  return {
    ok: false,
    message: `there is no Pulumi.${stack}.yaml for the stack ${JSON.stringify(wanted)} (from ${origin}); ${list}`,
    fix: known.length === 0 ? create(stack || "dev") : `name one of those; for a new one: ${create(stack || "NAME")}`,
  };
}
