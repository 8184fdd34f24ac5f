import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Progress } from "../../lab/progress";
import { projectFolder } from "../../lab/scratchProject";
import { findLab, labUp, type ImageState, type Lab } from "../../lab/vm/lab";

/** Labs of the tests: one for each worker of jest, on ports and a processor of its own, and the one with Debian's own kernel. */
export const labNames = ["test-1", "test-2", "reference"] as const;

function labName(): string {
  if (process.env.FULLMESH_ACCELERATOR === "debian") return "reference";
  const name = labNames[Number(process.env.JEST_WORKER_ID ?? "1") - 1];
  if (name === undefined) throw new Error(`there are labs for two workers: use --maxWorkers 2`);
  return name;
}

/** What most scenarios start from. */
const usualState: ImageState = "packaged";

/** This worker's lab with so many hosts, in a state that the image has or that `Lab.keep` kept. */
export async function labInState(state: string, hosts: number, progress: Progress): Promise<Lab> {
  const started = Date.now();
  const ran = findLab(labName());
  ran?.close();
  const endsWithUs = process.env.FULLMESH_KEEP_LAB !== "true";
  const options = { from: state, spares: usualState, endsWithUs, hostsMayBeAway: true };
  const lab = await labUp({ name: labName(), hosts, ...options, progress });
  if (ran === undefined) await writeDown(lab);
  else await lab.reset(state);
  progress(`hosts are ${basename(state)} after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return lab;
}

/** Writes down what a lab is, for the summary of `npm test`. */
async function writeDown(lab: Lab): Promise<void> {
  const kernel = (await lab.vm("uname -r")).stdout.trim();
  const folder = join(projectFolder, ".lab", "results");
  mkdirSync(folder, { recursive: true });
  const record = { name: lab.name, accelerator: lab.state.accelerator, kernel };
  writeFileSync(join(folder, `${lab.name}.lab.json`), JSON.stringify(record));
}
