import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { MeshPlan } from "../../core/plan/plan";
import { loadMesh, type PlannedMesh } from "../../stack/plannedMesh";
import { stackFile } from "../../stack/stackFile";

/**
 * The plan by the files as they are: the same object while none of them is another one than before, for reading a large registry takes a second.
 *
 * @param mesh as it was read first
 * @returns what gives the plan, and throws Error where the files cannot be planned
 */
export function planReader(mesh: PlannedMesh): () => MeshPlan {
  const { folder, stack } = mesh;
  let { plan, settings } = mesh;
  let known = state(folder, stack, settings.registryFolder);
  return () => {
    const now = state(folder, stack, settings.registryFolder);
    if (now === known) return plan;
    ({ plan, settings } = loadMesh(folder, stack));
    known = state(folder, stack, settings.registryFolder);
    return plan;
  };
}

/** Names, sizes and times of change. A folder that is away is none. */
function state(folder: string, stack: string, registry: string): string {
  const names = list(registry).map((name) => join(registry, name));
  const files = [join(folder, "Pulumi.yaml"), stackFile(folder, stack), ...names];
  return files
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      return `${file} ${found?.ino ?? ""} ${found?.size ?? ""} ${found?.mtimeMs ?? ""}`;
    })
    .join("\n");
}

function list(folder: string): readonly string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder) : [];
}
