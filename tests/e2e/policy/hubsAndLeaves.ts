import type { DeployedMesh, TestMesh } from "../testMesh";

/** The leaves link with the hubs alone. */
export const leavesPolicy = "leaves: [{ tag: thin, hubs: [hub] }]\n";

/** fra1 and nyc1 become hubs, tyo1 and sao1 leaves, which link with the hubs alone and relay for nobody. */
export function writeHubsAndLeaves(mesh: TestMesh): void {
  for (const name of ["fra1", "nyc1"] as const) mesh.writeNode(name, { tags: ["hub"] });
  for (const name of ["tyo1", "sao1"] as const) mesh.writeNode(name, { tags: ["thin"] });
  mesh.writePolicy(leavesPolicy);
}

/** The same, deployed. */
export const hubsAndLeaves: DeployedMesh = { name: "hubsAndLeaves", write: writeHubsAndLeaves };
