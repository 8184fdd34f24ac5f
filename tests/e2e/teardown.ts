import { findLab, labDown } from "../../lab/vm/lab";
import { labNames } from "./labInState";

/** After the last test file: the labs of the tests go, unless they are wanted for the next run (FULLMESH_KEEP_LAB=true). */
export default async function teardown(): Promise<void> {
  if (process.env.FULLMESH_KEEP_LAB === "true") return;
  for (const name of labNames) {
    const lab = findLab(name);
    lab?.close();
    if (lab !== undefined) await labDown(name);
  }
}
