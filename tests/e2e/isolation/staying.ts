import type { MeshPlan } from "../../../core/plan/plan";
import type { TestMesh } from "../testMesh";

/** Two nodes that stay while sao1 comes and goes: one has the overlay beside its own network, the other in a namespace. */
export function writeStayingNodes(mesh: TestMesh): void {
  mesh.writeNode("fra1");
  mesh.writeNode("nyc1", { isolation: "netns" });
}

/** The plan without sao1: a ping that runs there would keep its namespace. */
export function stayingNodes(mesh: TestMesh): MeshPlan {
  const plan = mesh.plan();
  return { ...plan, nodes: plan.nodes.filter(({ name }) => name !== "sao1") };
}
