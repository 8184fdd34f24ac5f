import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../../lab/scratchProject";
import { findLab, labDown, type Lab } from "../../lab/vm/lab";
import { labNames } from "./labInState";

/** After the last test file: what the labs were is written down, and they go, unless they are wanted for the next run (FULLMESH_KEEP_LAB=true). */
export default async function teardown(): Promise<void> {
  const reference = process.env.FULLMESH_ACCELERATOR === "debian";
  const mine = labNames.filter((name) => (name === "reference") === reference);
  const labs = mine.map(findLab).filter((lab) => lab !== undefined);
  const folder = join(projectFolder, ".lab", "results");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${reference ? "reference" : "hosts"}.labs.json`);
  writeFileSync(file, `${JSON.stringify(await Promise.all(labs.map(whatItWas)))}\n`);
  if (process.env.FULLMESH_KEEP_LAB === "true") return;
  for (const { name } of labs) await labDown(name);
}

async function whatItWas(lab: Lab): Promise<object> {
  const kernel = await lab.vm("uname -r").then(
    ({ stdout }) => stdout.trim(),
    () => "unknown",
  );
  lab.close();
  return { name: lab.name, accelerator: lab.state.accelerator, kernel };
}
