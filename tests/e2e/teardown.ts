import { labDown } from "../../lab/vm/lab";
import { labNames } from "./labInState";

/** After the last test file: the labs have ended with their workers, and what they left goes, unless they are wanted for the next run (FULLMESH_KEEP_LAB=true). */
export default async function teardown(): Promise<void> {
  if (process.env.FULLMESH_KEEP_LAB === "true") return;
  const reference = process.env.FULLMESH_ACCELERATOR === "debian";
  for (const name of labNames) if ((name === "reference") === reference) await labDown(name);
}
