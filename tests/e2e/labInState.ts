import type { Progress } from "../../lab/progress";
import { findLab, labUp, type ImageState, type Lab } from "../../lab/vm/lab";

/** A lab for each worker of jest, on ports and a processor of its own. */
export const labNames = ["test-1", "test-2"] as const;

function labName(): string {
  const name = labNames[Number(process.env.JEST_WORKER_ID ?? "1") - 1];
  if (name === undefined)
    throw new Error(`there are labs for ${labNames.length} workers: use --maxWorkers ${labNames.length}`);
  return name;
}

/** This worker's lab with so many hosts, in a state that the image has. */
export async function labInState(state: ImageState, hosts: number, progress: Progress): Promise<Lab> {
  const started = Date.now();
  const ran = findLab(labName());
  ran?.close();
  const lab = await labUp({ name: labName(), hosts, from: state, spares: true, progress });
  if (ran !== undefined) await lab.reset(state);
  progress(`hosts are ${state} after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return lab;
}
