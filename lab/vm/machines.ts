import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { accelerators } from "./accelerator";
import { carrierOf, imageStates, type ImageState, type Machine, type StartOptions, type Waiting } from "./carrier";
import { buildingPrefix } from "./cache";
import { withLock } from "../lock";
import { copySparse } from "./copySparse";
import { machineFiles, runFiles, type MachineFiles } from "./paths";
import { machineOf, writeState, type LabState } from "./state";

/** Time for another program that makes the same disk: the boot of an emulated VM, and packages for its hosts. */
const diskSeconds = 1200;

/** Whether a state is one that the image itself has. */
function isImageState(name: string): name is ImageState {
  return imageStates.some((state) => state === name);
}

/** Starts a lab's machine from the disk of a kept state, or takes the spare one that already has, and ends the one that runs. */
export async function startMachineOf(name: string, state: LabState, from: string, waiting: Waiting): Promise<void> {
  const { machine: files, spare } = runFiles(name);
  const carrier = carrierOf(state.accelerator);
  const machine = machineOf(state);
  const options = optionsOf(state, waiting);
  const spareFits = state.spares === from && carrier.pid(spare) !== undefined;
  await carrier.stop(files);
  rmSync(files.folder, { recursive: true, force: true });
  if (spareFits && carrier.takeSpare !== undefined) {
    renameSync(spare.folder, files.folder);
    await carrier.takeSpare(machine, files, options);
  } else {
    const bootsIn = await placeDisk(state, from, files, waiting);
    await carrier.start(machine, files, { ...options, state: bootsIn });
  }
  writeState(name, state);
}

/** Copies the disk of a lab's machine as it is now, for other machines to start from. The machine goes on. */
export async function keepDisk(
  name: string,
  state: LabState,
  disk: string,
  vm: (command: string) => Promise<unknown>,
): Promise<void> {
  const { machine: files } = runFiles(name);
  const carrier = carrierOf(state.accelerator);
  await carrier.suspend(files, vm);
  try {
    await copySparse(files.disk, `${disk}.new`);
    renameSync(`${disk}.new`, disk);
  } finally {
    await carrier.resume(machineOf(state), files, optionsOf(state));
  }
}

function optionsOf({ portBase, endsWithUs }: LabState, waiting: Waiting = { note: () => undefined }): StartOptions {
  return { ...waiting, portBase, endsWithUs };
}

/** Starts a lab's spare machine, if it has spares and none runs. */
export async function startSpareOf(name: string, state: LabState): Promise<void> {
  const carrier = carrierOf(state.accelerator);
  const { spare } = runFiles(name);
  if (state.spares === undefined || carrier.startSpare === undefined || carrier.pid(spare) !== undefined) return;
  const bootsIn = await placeDisk(state, state.spares, spare, { note: () => undefined });
  await carrier.startSpare(machineOf(state), spare, { ...optionsOf(state), state: bootsIn });
}

/** Ends all machines of a lab. Says whether one ran. */
export async function stopMachines(name: string): Promise<boolean> {
  const { machine, spare } = runFiles(name);
  let ran = false;
  for (const files of [machine, spare]) {
    for (const accelerator of accelerators) ran = (await carrierOf(accelerator).stop(files)) || ran;
  }
  return ran;
}

/** Makes a machine's folder, with a copy of the disk that the machine goes on from; returns the state that it boots in where there is none. */
async function placeDisk(
  state: LabState,
  from: string,
  files: MachineFiles,
  waiting: Waiting,
): Promise<ImageState | undefined> {
  rmSync(files.folder, { recursive: true, force: true });
  mkdirSync(files.folder, { recursive: true, mode: 0o700 });
  const disk = isImageState(from) ? await imageDisk(machineOf(state), from, waiting) : from;
  if (disk === undefined) return isImageState(from) ? from : undefined;
  if (!existsSync(disk)) throw new Error(`there is no kept state ${from}`);
  await copySparse(disk, files.disk);
  return undefined;
}

/**
 * The disk of one of the image's states, one for all labs of the same image and accelerator, made by the first that asks; undefined where machines boot in that state.
 */
export async function imageDisk(machine: Machine, state: ImageState, waiting: Waiting): Promise<string | undefined> {
  const { accelerator, image } = machine;
  const carrier = carrierOf(accelerator);
  const { imageDisks } = carrier;
  if (imageDisks === undefined) return undefined;
  const disk = imageDisks.path(machine, state);
  if (existsSync(disk)) return disk;
  await withLock(join(image.folder, `${accelerator}.lock`), diskSeconds, async () => {
    if (existsSync(disk)) return;
    const files = machineFiles(join(image.folder, `${buildingPrefix}${accelerator}-${state}`));
    rmSync(files.folder, { recursive: true, force: true });
    mkdirSync(files.folder, { mode: 0o700 });
    try {
      await imageDisks.make(machine, files, state, waiting);
      renameSync(files.disk, disk);
    } finally {
      await carrier.stop(files);
      rmSync(files.folder, { recursive: true, force: true });
    }
  });
  return disk;
}
