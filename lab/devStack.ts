import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "./scratchProject";
import type { Toolchain } from "./toolchain/toolchain";
import type { Lab } from "./vm/lab";

/** The demo's stack and its lab have one name. */
export const devStack = "dev";

const folder = join(projectFolder, ".lab");
const stateFolder = join(folder, "state");

/**
 * Environment of the dev stack: its state is in .lab, and its passphrase stands here for all to read. It guards nothing but the keys of hosts that live in a
 * VM on this machine. With the checkpoints of a deploy off, a small mesh comes up faster, and a large one in minutes instead of hours; what a
 * killed deploy does not record, the next one makes anew.
 */
export function devEnvironment(toolchain: Toolchain): Readonly<Record<string, string>> {
  return {
    ...toolchain.env,
    PULUMI_STACK: devStack,
    PULUMI_BACKEND_URL: `file://${stateFolder}`,
    PULUMI_CONFIG_PASSPHRASE: "worth-nothing",
    PULUMI_SKIP_CHECKPOINTS: "true",
    PULUMI_OPTION_CONTINUE_ON_ERROR: "true",
  };
}

/** Writes `.lab/env`, for `. .lab/env` in a shell, and the folder of the state. */
export function writeEnvironmentFile(env: Readonly<Record<string, string>>): void {
  mkdirSync(stateFolder, { recursive: true });
  const lines = Object.entries(env).map(([key, value]) => `export ${key}='${value.replaceAll("'", `'\\''`)}'\n`);
  writeFileSync(join(folder, "env"), `# For your shell: . .lab/env\n${lines.join("")}`, { mode: 0o600 });
}

/**
 * Drops the state of the dev stack where the hosts know nothing of it, as after a restart of this machine or `lab reset`: `pulumi up` would take them for what
 * their forerunners were. Says whether it did.
 */
export async function forgetFormerHosts(lab: Lab): Promise<boolean> {
  if (!existsSync(stateFolder)) return false;
  const known = await Promise.all(lab.hosts.map(({ name }) => lab.exec(name, "test -e /var/lib/fullmesh")));
  if (known.some(({ code }) => code === 0)) return false;
  rmSync(stateFolder, { recursive: true });
  return true;
}
