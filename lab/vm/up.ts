import { copyFileSync, chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { findAccelerator } from "./accelerator";
import { checkHostCount, checkLabName, labHosts, portBaseOf } from "./address";
import { carrierOf, imageStates, type Machine } from "./carrier";
import { ensureImage, imageKey } from "./image";
import { knownHosts, publicHostKey } from "./key";
import { findMirror } from "./mirror";
import { imageDisk, startMachineOf, startSpareOf, stopMachines } from "./machines";
import { findLab, Lab, settleSeconds } from "./runningLab";
import { withLock } from "../lock";
import { cacheLock, runFiles } from "./paths";
import { Steps, type Progress } from "../progress";
import { checkPorts } from "./ports";
import { ensureRequirements } from "./requirements";
import type { LabState } from "./state";

/** What lab to bring up. */
export interface LabUpOptions {
  /** Labs of different names run side by side. Default: `dev`. */
  readonly name?: string;
  /** 1 to 8. Default: those of the running lab, else 4. */
  readonly hosts?: number;
  /** The VM's SSH port on 127.0.0.1, the hosts' follow it. Default: 2200 for `dev`, 2300 for `test`, none for others. */
  readonly portBase?: number;
  /** The state to start in: one of the image's, or a disk that `Lab.keep` made. A lab that runs stays as it is. Default: `bare`. */
  readonly from?: string;
  /** The state that a spare machine boots in while the lab is in use, so that `reset` to it takes seconds. Default: there is no spare. */
  readonly spares?: string;
  /** Whether the lab is killed when this program ends, even if this program is killed. Default: it goes on. */
  readonly endsWithUs?: boolean;
  /** Whether a lab that runs is given without asking whether its hosts answer, for a caller who resets it. Default: it is started again if one does not. */
  readonly hostsMayBeAway?: boolean;
  /** Takes a line for each step. Default: none are made. */
  readonly progress?: Progress;
  /** Gives up, leaving nothing running. */
  readonly signal?: AbortSignal | undefined;
}

/** A cold build takes one to three minutes; another program's may be waited for. */
const buildSeconds = 1200;

/** Hosts may be rebooting when a running lab is looked at. */
const answerSeconds = 45;

/** Gives the lab that runs, or starts one, building what the cache lacks. */
export async function labUp(options: LabUpOptions = {}): Promise<Lab> {
  const name = options.name ?? "dev";
  checkLabName(name);
  if (options.hosts !== undefined) checkHostCount(options.hosts);
  const steps = new Steps(options.progress ?? (() => undefined));
  const files = runFiles(name);
  const waiting = (what: string) => () => {
    steps.say(`waiting for another program that ${what}`);
  };
  return withLock(
    files.lock,
    buildSeconds,
    async () => (await running(name, options, steps)) ?? (await start(name, options, steps, waiting)),
    waiting(`works on lab ${name}`),
  );
}

/** The lab if it runs and all its hosts answer. */
async function running(name: string, options: LabUpOptions, steps: Steps): Promise<Lab | undefined> {
  const lab = findLab(name);
  if (lab === undefined) return undefined;
  const { hosts, portBase } = lab.state;
  if ((options.hosts ?? hosts) !== hosts || (options.portBase ?? portBase) !== portBase) {
    const runs = `lab ${name} runs with ${hosts} hosts and port base ${portBase}`;
    throw new Error(`${runs}: to change that, take it down first`);
  }
  const silent = options.hostsMayBeAway === true ? [] : await lab.silentHosts(answerSeconds, options.signal);
  if (silent.length === 0) {
    steps.say(`lab ${name} is up already: ${hosts} hosts`);
    if (lab.state.image !== imageKey(await findMirror())) {
      steps.say("its image is not this checkout's: take it down to have the new one");
    }
    return lab;
  }
  steps.say(`lab ${name} runs, but ${silent.join(", ")} does not answer: starting it anew`);
  lab.close();
  return undefined;
}

async function start(
  name: string,
  { hosts = 4, portBase: wanted, from = imageStates[0], spares, endsWithUs = false, signal }: LabUpOptions,
  steps: Steps,
  waiting: (what: string) => () => void,
): Promise<Lab> {
  const portBase = portBaseOf(name, wanted);
  const files = runFiles(name);
  await ensureRequirements(steps, signal);
  await stopMachines(name);
  await checkPorts(hosts, portBase);
  mkdirSync(files.folder, { recursive: true, mode: 0o700 });

  const machine = await prepareMachine(hosts, steps, waiting, signal);
  writeAccess(machine, portBase, files);
  const { accelerator, kernel } = machine;
  const state: LabState = {
    ...{ hosts, portBase, accelerator, kernel },
    ...{ image: basename(machine.image.folder), spares, endsWithUs },
  };
  const attempt = async (): Promise<Lab> =>
    steps.step(`start of ${hosts} hosts`, async (note) => {
      await startMachineOf(name, state, from, { note, signal });
      const lab = new Lab(name, state);
      try {
        await lab.settle(settleSeconds, signal);
        await lab.firstLogins(2 * settleSeconds, signal);
        await startSpareOf(name, state);
        return lab;
      } catch (error) {
        lab.close();
        await stopMachines(name);
        throw error;
      }
    });
  try {
    return await attempt();
  } catch (error) {
    signal?.throwIfAborted();
    steps.say(`the start failed, and is tried once more: ${error instanceof Error ? error.message : String(error)}`);
    return attempt();
  }
}

/** The image, and what runs it; built where the cache does not have it. */
async function prepareMachine(
  hosts: number,
  steps: Steps,
  waiting: (what: string) => () => void,
  signal?: AbortSignal,
): Promise<Machine> {
  const prepare = async (): Promise<Machine> => {
    const image = await ensureImage(steps, signal);
    const { why, ...accelerator } = await findAccelerator(image);
    steps.say(`accelerator: ${accelerator.accelerator}, as ${why}`);
    return { image, hosts, ...accelerator };
  };
  return withLock(cacheLock(), buildSeconds, prepare, waiting("builds an image"));
}

/** Makes what a lab of so many hosts with packages starts from, where the cache does not have it, and starts nothing. */
export async function prepareImage(hosts: number, progress: Progress): Promise<void> {
  const steps = new Steps(progress);
  await ensureRequirements(steps);
  const waiting = (what: string) => () => {
    steps.say(`waiting for another program that ${what}`);
  };
  const machine = await prepareMachine(hosts, steps, waiting);
  if (carrierOf(machine.accelerator).imageDisks === undefined) return;
  await steps.step(`disk of ${hosts} hosts with packages`, (note) => imageDisk(machine, "packaged", { note }));
}

/** Puts the client's key and the hosts' public keys where users of the lab expect them. */
function writeAccess(machine: Machine, portBase: number, files: ReturnType<typeof runFiles>): void {
  const { keys } = machine.image;
  copyFileSync(join(keys, "id_ed25519"), files.key);
  chmodSync(files.key, 0o600);
  copyFileSync(join(keys, "id_ed25519.pub"), files.publicKey);
  const entries = labHosts(machine.hosts, portBase).map(({ name, sshPort }) => ({ name, port: sshPort }));
  const all = [{ name: "vm", port: portBase }, ...entries];
  writeFileSync(files.knownHosts, knownHosts(all.map(({ name, port }) => ({ port, key: publicHostKey(keys, name) }))));
}
