import { pingReport } from "../../lab/pingReport";
import type { TestMesh } from "./testMesh";
import { say } from "./say";

/** Every node reaches every other in both families, and no ping is lost. */
export async function expectAllPings(mesh: TestMesh): Promise<void> {
  const { text, lost } = await pingReport(mesh.plan(), mesh.lab);
  say(`${text}\n`);
  expect(lost).toBe(0);
}
