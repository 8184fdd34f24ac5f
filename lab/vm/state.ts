import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { accelerators } from "./accelerator";
import type { Machine } from "./carrier";
import { cachedImage, runFiles } from "./paths";

const state = z.object({
  hosts: z.number().int(),
  portBase: z.number().int(),
  accelerator: z.enum(accelerators),
  /** The kernel of accelerator `uml`. */
  kernel: z.string().optional(),
  /** Name of the image's folder in the cache. */
  image: z.string(),
  /** Whether its machines end when the program does that starts them. */
  endsWithUs: z.boolean(),
  /** The state that a spare machine boots in while the lab is in use, for `reset`; none if there are no spares. */
  spares: z.string().optional(),
});

/** What is remembered of a lab that was started. */
export type LabState = z.infer<typeof state>;

/** What `up` wrote for this lab; undefined if nothing, or nothing that this version understands. */
export function readState(name: string): LabState | undefined {
  const file = runFiles(name).state;
  if (!existsSync(file)) return undefined;
  try {
    return state.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}

/** Writes it whole or not at all. */
export function writeState(name: string, value: LabState): void {
  const file = runFiles(name).state;
  writeFileSync(`${file}.new`, `${JSON.stringify(value)}\n`);
  renameSync(`${file}.new`, file);
}

/** What a lab's machine is made of. */
export function machineOf({ hosts, accelerator, kernel, image }: LabState): Machine {
  return { image: cachedImage(image), hosts, accelerator, kernel };
}
