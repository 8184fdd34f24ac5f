import { formatProblem } from "../core/registry/problem";
import type { Registry } from "../core/registry/registry";
import type { StackSettings } from "../core/registry/settings";
import type { MeshPlan } from "../core/plan/plan";
import { settingsFromPulumiYaml } from "./settings";
import { readStack } from "./stack";
import { chooseStack, findProjectFolder } from "./stackFile";

/** A stack's mesh as it is planned. */
export interface PlannedMesh {
  /** The project's folder. */
  readonly folder: string;
  readonly stack: string;
  readonly registry: Registry;
  readonly plan: MeshPlan;
  readonly settings: StackSettings;
}

/**
 * Plans the mesh of a stack from its files, as the Pulumi program does.
 *
 * @param from Folder to look for the project in, and in the folders above.
 * @param asked Stack, if one was named.
 * @throws Error with all that is wrong: no project, no such stack, bad settings or registry.
 */
export function loadMesh(from: string, asked: string | undefined): PlannedMesh {
  const folder = findProjectFolder(from);
  if (folder === undefined) throw new Error("no Pulumi.yaml here or above\n    fix: run in the project's folder");
  const choice = chooseStack(folder, asked, process.env.PULUMI_STACK);
  if (!choice.ok) throw new Error(`${choice.message}\n    fix: ${choice.fix}`);
  const { stack } = choice;
  const read = readStack(settingsFromPulumiYaml(folder, stack));
  if (!read.ok) throw new Error(`stack ${stack} cannot be planned:\n${read.problems.map(formatProblem).join("\n")}`);
  return { folder, stack, registry: read.registry, plan: read.plan, settings: read.settings };
}
