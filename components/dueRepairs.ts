import { meshDrift } from "../core/drift/meshDrift";
import { managedNodes } from "../core/plan/managed";
import type { MeshPlan } from "../core/plan/plan";
import type { StackSettings } from "../core/registry/settings";
import { askForDrift } from "../ssh/askForDrift";
import { withSshPool } from "../ssh/pool";
import type { SshAccess } from "../ssh/target";
import type { Repair } from "./repair";

/** What a run of the program has to do again. */
export interface DueRepairs {
  /** By node. */
  readonly repairs: ReadonlyMap<string, Repair>;
  /** In words, a line each. */
  readonly warnings: readonly string[];
}

/** The environment variable that has everything done again on all nodes. */
export const reapplyVariable = "FULLMESH_REAPPLY";

/**
 * Finds out what is to be done again: where drift detection is on, what is other on the hosts than the last deploy left it; everything where FULLMESH_REAPPLY is
 * true. Hosts that do not answer are warned of, and left to the deploy.
 */
export async function dueRepairs(
  plan: MeshPlan,
  settings: Pick<StackSettings, "driftDetection" | "parallelism">,
  access: SshAccess,
): Promise<DueRepairs> {
  const at = `${new Date().toISOString().slice(0, 19)}Z`;
  const asked = process.env[reapplyVariable] === "true" ? [`asked for by ${reapplyVariable}`] : [];
  const found = settings.driftDetection ? await look(plan, settings.parallelism, access) : [];
  const reasons = managedNodes(plan).map(({ name }) => {
    const drift = found.find((node) => node.name === name);
    return [name, [...asked, ...(drift?.differences ?? [])]] as const;
  });
  return {
    repairs: new Map(reasons.flatMap(([name, all]) => (all.length === 0 ? [] : [[name, { at, reasons: all }]]))),
    warnings: found.flatMap(({ name, state, differences, unknown }) => [
      // A node that joins has not the mesh either.
      ...(state === "absent" ? [] : differences.map((text) => `${name}: ${text}`)),
      ...(unknown === null ? [] : [`${name}: unknown whether it drifted: ${unknown}`]),
    ]),
  };
}

async function look(plan: MeshPlan, parallelism: number, access: SshAccess) {
  const answers = await withSshPool(access, parallelism, (pool) => askForDrift(managedNodes(plan), pool));
  return meshDrift(plan, answers).nodes;
}
