import * as pulumi from "@pulumi/pulumi";
import { Mesh } from "./components/mesh";
import { quietDebugLog } from "./components/debugLog";
import { planMesh } from "./core/plan/planMesh";
import { probe } from "./ssh/probe";
import { readStack } from "./stack/stack";

quietDebugLog();

/** Reads the stack's settings and registry, plans the mesh, and hands it to the engine. Bad input ends here, before any host is touched. */
async function main(): Promise<Record<string, unknown>> {
  const { settings, registry, access } = await readStack();
  const plan = planMesh(registry, settings);
  for (const { a, b, reason } of plan.unlinked) {
    await pulumi.log.warn(`${a} and ${b} have no direct link (${reason}): other nodes relay between them`);
  }
  const mesh = new Mesh(pulumi.getStack(), {
    plan,
    access,
    probe,
    parallelism: settings.parallelism,
    purgePackages: settings.purgePackages,
  });
  return {
    nodes: Object.fromEntries(plan.nodes.map(({ name, id, overlay }) => [name, { id, ...overlay }])),
    counts: {
      nodes: plan.nodes.length,
      links: plan.links.length,
      connections: 2 * plan.links.length,
      unlinkedPairs: plan.unlinked.length,
    },
    publicKeys: mesh.publicKeys,
  };
}

export = main;
