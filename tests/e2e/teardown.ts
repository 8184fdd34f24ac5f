import { labDown } from "../../lab/vm/lab";

/** After the last test file: the lab of the tests goes, unless it is wanted for the next run (FULLMESH_KEEP_LAB=true). */
export default async function teardown(): Promise<void> {
  if (process.env.FULLMESH_KEEP_LAB !== "true") await labDown("test");
}
