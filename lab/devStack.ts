import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { demoPassphrase, demoStack } from "../stack/demo";
import { projectFolder } from "./scratchProject";
import type { Toolchain } from "./toolchain/toolchain";
import type { Lab } from "./vm/lab";

/** The demo's stack and its lab have one name. */
export const devStack = demoStack;

const folder = join(projectFolder, ".lab");
const stateFolder = join(folder, "state");

/**
 * Environment of the dev stack: its state is in .lab, and its passphrase is one that no other stack may have (stack/demo). With the checkpoints of a deploy off, a small mesh comes up faster, and a large one in minutes instead of hours; what a
 * killed deploy does not record, the next one makes anew.
 */
export function devEnvironment(toolchain: Toolchain): Readonly<Record<string, string>> {
  return {
    ...toolchain.env,
    PULUMI_BACKEND_URL: `file://${stateFolder}`,
    PULUMI_CONFIG_PASSPHRASE: demoPassphrase,
    PULUMI_SKIP_CHECKPOINTS: "true",
    PULUMI_OPTION_CONTINUE_ON_ERROR: "true",
  };
}

/** Writes `.lab/env`, for `. .lab/env` in a shell, and the folder of the state. To the shell's own PATH it only adds. */
export function writeEnvironmentFile({ PATH, ...env }: Readonly<Record<string, string>>): void {
  mkdirSync(stateFolder, { recursive: true });
  const shellPath = new Set((process.env.PATH ?? "").split(delimiter));
  const added = (PATH ?? "").split(delimiter).filter((directory) => !shellPath.has(directory));
  const lines = [
    ...added.reverse().map((directory) => `export PATH=${quoted(directory)}:"$PATH"\n`),
    ...Object.entries(env).map(([key, value]) => `export ${key}=${quoted(value)}\n`),
  ];
  writeFileSync(join(folder, "env"), `# For your shell: . .lab/env\n${lines.join("")}`, { mode: 0o600 });
}

/** Stacks besides the demo's whose state is in .lab: somebody used the demo's environment for more than the demo. */
export function foreignStacks(): readonly string[] {
  const stacks = join(stateFolder, ".pulumi", "stacks", "fullmesh");
  if (!existsSync(stacks)) return [];
  return readdirSync(stacks).flatMap((file) => /^(?!dev\.)([^.]+)\.json$/.exec(file)?.[1] ?? []);
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/**
 * Drops the state of the dev stack where the hosts know nothing of it, as after a restart of this machine or `lab reset`: `pulumi up` would take them for what
 * their forerunners were. Says whether it did.
 */
export async function forgetFormerHosts(lab: Lab): Promise<boolean> {
  if (!existsSync(stateFolder) || foreignStacks().length > 0) return false;
  const known = await Promise.all(lab.hosts.map(({ name }) => lab.exec(name, "test -e /var/lib/fullmesh")));
  if (known.some(({ code }) => code === 0)) return false;
  rmSync(stateFolder, { recursive: true });
  return true;
}
