import { rmSync } from "node:fs";
import { keptMeshes } from "./keptMesh";

/** Before the first test file: what a former run deployed may be other than this code would. */
export default function setup(): void {
  rmSync(keptMeshes, { recursive: true, force: true });
}
