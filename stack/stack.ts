import { sortProblems, type Problem } from "../core/registry/problem";
import type { SettingsResult } from "../core/registry/parseSettings";
import type { MeshPlan } from "../core/plan/plan";
import { planMesh } from "../core/plan/planMesh";
import { reachProblems } from "../core/describe/reachProblems";
import { domainProblems } from "../core/names/domainProblems";
import { canaryProblems } from "../core/plan/waves";
import type { RegistryFile } from "../core/registry/parseRegistry";
import type { Registry } from "../core/registry/registry";
import type { StackSettings } from "../core/registry/settings";
import { readRegistry } from "./registryFolder";

/** A stack's settings, its registry and the plan of its mesh, or everything that is wrong with settings and registry. */
export type StackResult =
  | { readonly ok: true; readonly settings: StackSettings; readonly registry: Registry; readonly plan: MeshPlan }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads the registry that the settings name, as far as they are good enough to find it, and plans the mesh.
 *
 * @param changes files of the registry that are to be added or replaced, to learn what would be wrong then
 */
export function readStack(settings: SettingsResult, changes: readonly RegistryFile[] = []): StackResult {
  const { registryFolder, ...overlays } = settings.ok ? settings.settings : settings.usable;
  const registry = registryFolder === undefined ? undefined : readRegistry(registryFolder, overlays, changes);
  if (settings.ok && registry?.ok) {
    const plan = planMesh(registry.registry, settings.settings);
    const problems = [
      ...reachProblems(registry.registry, plan),
      ...canaryProblems(registry.registry, settings.settings),
      ...domainProblems(registry.registry, settings.settings),
    ];
    if (problems.length > 0) return { ok: false, problems };
    return { ok: true, settings: settings.settings, registry: registry.registry, plan };
  }
  const problems = [...(settings.ok ? [] : settings.problems), ...(registry?.ok === false ? registry.problems : [])];
  return { ok: false, problems: sortProblems(problems) };
}
