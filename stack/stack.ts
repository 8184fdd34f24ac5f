import { sortProblems, type Problem } from "../core/registry/problem";
import type { SettingsResult } from "../core/registry/parseSettings";
import type { Registry } from "../core/registry/registry";
import type { StackSettings } from "../core/registry/settings";
import { readRegistry } from "./registryFolder";

/** A stack's settings and registry, or everything that is wrong with both. */
export type StackResult =
  | { readonly ok: true; readonly settings: StackSettings; readonly registry: Registry }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads the registry that the settings name, as far as they are good enough to find it. */
export function readStack(settings: SettingsResult): StackResult {
  const { registryFolder, ...overlays } = settings.ok ? settings.settings : settings.usable;
  const registry = registryFolder === undefined ? undefined : readRegistry(registryFolder, overlays);
  if (settings.ok && registry?.ok) return { ok: true, settings: settings.settings, registry: registry.registry };
  const problems = [...(settings.ok ? [] : settings.problems), ...(registry?.ok === false ? registry.problems : [])];
  return { ok: false, problems: sortProblems(problems) };
}
