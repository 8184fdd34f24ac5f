import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { AddressFamily } from "../../core/registry/registry";
import { labHosts, type LabHost } from "./address";
import { sshAnswers } from "./banner";
import { carrierOf, imageStates } from "./carrier";
import type { ExecResult } from "./connection";
import { withLock } from "../lock";
import { Logins } from "./logins";
import { keepDisk, startMachineOf, startSpareOf, stopMachines } from "./machines";
import { runFiles } from "./paths";
import { readState, type LabState } from "./state";
import { delayCommand, families, linkOf, parseFaults, type Fault } from "./underlay";
import { poll, within } from "./wait";

/** How to run a command on a host. */
export interface ExecOptions {
  /** `root` or `operator`, who may sudo without a password. Default: `root`. */
  readonly user?: "root" | "operator";
  /** Default: empty. */
  readonly stdin?: string | Buffer;
  /** Default: 60. */
  readonly timeoutSeconds?: number;
}

/** Time for an sshd that is there to send its first words. */
const bannerSeconds = 4;

/** Time for other programs' work on the same lab: a boot, at most. */
const lockSeconds = 600;

/** Time for the sshd of hosts that have booted, or that go on from a kept state. */
export const settleSeconds = 60;

/** A running lab. `close` it at the end, or its kept connections keep the program running. */
export class Lab {
  readonly name: string;
  readonly hosts: readonly LabHost[];
  /** What is remembered of it. */
  readonly state: LabState;
  /** known_hosts file with the key of each host as `[127.0.0.1]:PORT`. */
  readonly knownHostsFile: string;
  /** Private key that logs in as `root` and as `operator`. */
  readonly keyFile: string;
  readonly #logins: Logins;

  constructor(name: string, state: LabState) {
    const files = runFiles(name);
    this.name = name;
    this.state = state;
    this.hosts = labHosts(state.hosts, state.portBase);
    this.knownHostsFile = files.knownHosts;
    this.keyFile = files.key;
    const knownHosts = readFileSync(files.knownHosts, "utf8").split("\n");
    const key = readFileSync(files.key, "utf8");
    this.#logins = new Logins((host, user) => {
      const port = this.sshPort(host);
      const line = knownHosts.find((known) => known.startsWith(`[127.0.0.1]:${port} `));
      return { port, user, key, hostKey: line?.split(" ")[2] ?? "" };
    });
  }

  /** Port on 127.0.0.1 of a host's SSH, or of the VM's own for `vm`. */
  sshPort(host: string): number {
    if (host === "vm") return this.state.portBase;
    const found = this.hosts.find(({ name }) => name === host);
    if (found !== undefined) return found.sshPort;
    throw new Error(`lab ${this.name} has no host ${host}: ${this.hosts.map(({ name }) => name).join(", ")}`);
  }

  /** Runs a shell command on a host, over a kept connection. A status other than 0 is a result, not an error. */
  async exec(host: string, command: string, options: ExecOptions = {}): Promise<ExecResult> {
    try {
      const seconds = options.timeoutSeconds ?? 60;
      const connection = await within(seconds, "login", this.#logins.to(host, options.user ?? "root"));
      return await connection.exec(command, options.stdin ?? "", seconds);
    } catch (error) {
      throw new Error(`${host}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }

  /** Runs a shell command in the VM around the hosts, as root. */
  async vm(command: string, options: Omit<ExecOptions, "user"> = {}): Promise<ExecResult> {
    return this.exec("vm", command, options);
  }

  /**
   * Puts all hosts and links into a kept state: one of the image's, by default the first, or a disk of `keep`'s. Where that is a boot, a spare machine has done it
   * beforehand, if the lab has spares of that state.
   */
  async reset(kept: string = imageStates[0], signal?: AbortSignal): Promise<void> {
    await this.#exclusively(() => this.#startFrom(kept, signal));
  }

  /**
   * Keeps the state of all hosts and links as a disk, for `reset` of this lab or of another one with as many hosts. This one goes on, after a second or two in which
   * its hosts stand still.
   */
  async keep(disk: string): Promise<void> {
    await this.#exclusively(async () => {
      await keepDisk(this.name, this.state, disk, (command) => this.#mustVm(command));
      this.close();
      await this.settle(settleSeconds);
    });
  }

  /** Starts the machine from a kept state's disk, whatever runs now. */
  async #startFrom(kept: string, signal?: AbortSignal): Promise<void> {
    this.close();
    await startMachineOf(this.name, this.state, kept, { note: () => undefined, signal });
    await this.settle(settleSeconds, signal);
    await startSpareOf(this.name, this.state);
  }

  async #exclusively(work: () => Promise<void>): Promise<void> {
    await withLock(runFiles(this.name).lock, lockSeconds, work);
  }

  /** Sets the clock, which a loaded snapshot leaves in the past, and waits until all hosts answer. */
  async settle(seconds: number, signal?: AbortSignal): Promise<void> {
    const [clock, silent] = await Promise.all([
      poll(seconds, 0.2, () => this.#setClock(), signal),
      this.silentHosts(seconds, signal),
    ]);
    if (clock === undefined) throw new Error(`no SSH from the VM within ${seconds} s`);
    if (silent.length > 0) throw new Error(`no SSH from ${silent.join(", ")} within ${seconds} s`);
  }

  /** Logs in to each host, again where that fails: for the first login much is read from the disk, which on a busy computer takes longer than a deploy gives it. */
  async firstLogins(seconds: number, signal?: AbortSignal): Promise<void> {
    const logins = this.hosts.map(async ({ name }) => {
      const logIn = (): Promise<true | undefined> =>
        this.exec(name, "true").then(
          () => true as const,
          () => undefined,
        );
      if ((await poll(seconds, 0.5, logIn, signal)) === undefined)
        throw new Error(`no login on ${name} within ${seconds} s`);
    });
    await Promise.all(logins);
  }

  async #setClock(): Promise<true | undefined> {
    try {
      const { code } = await this.vm(`date --utc --set=@${(Date.now() / 1000).toFixed(3)}`, { timeoutSeconds: 10 });
      return code === 0 ? true : undefined;
    } catch {
      return undefined;
    }
  }

  /** The hosts whose sshd does not answer, after waiting for them for so long. */
  async silentHosts(seconds: number, signal?: AbortSignal): Promise<string[]> {
    const answers = this.hosts.map(async ({ name, sshPort }) => {
      const probe = async () => ((await sshAnswers(sshPort, bannerSeconds)) ? true : undefined);
      return (await poll(seconds, 0.5, probe, signal)) === true ? [] : [name];
    });
    return (await Promise.all(answers)).flat();
  }

  /** Reboots a host as its administrator would, and returns when it can be logged in to again. */
  async reboot(host: string, timeoutSeconds = 120): Promise<void> {
    await this.#startAnew(host, timeoutSeconds, async () => {
      await this.exec(host, "systemctl reboot", { timeoutSeconds: 10 }).catch(() => undefined);
    });
  }

  /** All that runs on a host ends at once, as when it loses power, and it boots. What it had not written to its disk yet is there all the same. */
  async cutPower(host: string, timeoutSeconds = 120): Promise<void> {
    await this.#startAnew(host, timeoutSeconds, async () => {
      const unit = `lab-host@${host.slice(1)}.service`;
      const stopped = `while systemctl --quiet is-active ${unit}; do sleep 0.1; done`;
      const { code, stderr } = await this.vm(
        `systemctl kill --signal=KILL ${unit}; ${stopped}; systemctl start --no-block ${unit}`,
      );
      if (code !== 0) throw new Error(`${unit}: ${stderr.trim()}`);
    });
  }

  async #startAnew(host: string, timeoutSeconds: number, end: () => Promise<void>): Promise<void> {
    // The kernel goes on, so that the boot id does not change; the age of the host's first process does.
    const firstProcess = () => this.exec(host, "cut -d ' ' -f 22 /proc/1/stat", { timeoutSeconds: 10 });
    const before = await firstProcess();
    await end();
    const probe = async () => {
      this.#logins.forget(host);
      const now = await firstProcess().catch(() => before);
      return now.code === 0 && now.stdout !== before.stdout ? true : undefined;
    };
    const back = await poll(timeoutSeconds, 0.5, probe);
    if (back === undefined) throw new Error(`${host} did not come back within ${timeoutSeconds} s of its end`);
  }

  /** Lets the link between two hosts die silently, both ways, in these families and no others. SSH from outside goes on. */
  async cut(a: string, b: string, cut: readonly AddressFamily[] = families): Promise<void> {
    await this.#mustVm(`lab-link cut ${[...linkOf(this.hosts, a, b), ...cut].join(" ")}`);
  }

  /** Takes back `cut`. */
  async heal(a: string, b: string): Promise<void> {
    await this.#mustVm(`lab-link heal ${linkOf(this.hosts, a, b).join(" ")}`);
  }

  /** Delays what two hosts send each other, each way by so much; 0 ends it. */
  async delay(a: string, b: string, milliseconds: number): Promise<void> {
    await this.#mustVm(delayCommand(linkOf(this.hosts, a, b), milliseconds));
  }

  /** Puts hosts behind a NAT router, 1 to 9, until `reset`: they have no IPv6 then, and their delays are over. */
  async behindNat(router: number, hosts: readonly string[]): Promise<void> {
    await this.#mustVm(`lab-nat behind ${router} ${hosts.join(" ")}`);
    await this.silentHosts(10);
  }

  /** A NAT router has another address outside, and has forgotten whom it let out. */
  async rebindNat(router: number): Promise<void> {
    await this.#mustVm(`lab-nat rebind ${router}`);
  }

  /** Gives hosts a second uplink, eth1, on another network than the first: 198.51.100.0/24 and 2001:db8:0:3::/64, with the last part as on the first. Until `reset`. */
  async secondUplink(hosts: readonly string[]): Promise<void> {
    await this.#mustVm(`lab-uplink second ${hosts.join(" ")}`);
  }

  /** Lets the first uplink of a host die silently, towards everybody, but for SSH; or takes that back. */
  async cutUplink(host: string, cut: boolean): Promise<void> {
    await this.#mustVm(`lab-uplink ${cut ? "cut" : "heal"} ${host}`);
  }

  /** Gives a DNS name one address, at the resolver 192.0.2.1, until `reset`. */
  async setName(name: string, address: string): Promise<void> {
    await this.#mustVm(`lab-dns set ${name} ${address}`);
  }

  /** Lets the resolver drop all queries, or answer them again. */
  async muteResolver(mute: boolean): Promise<void> {
    await this.#mustVm(`lab-dns ${mute ? "mute" : "answer"}`);
  }

  /** The links that are cut or delayed now. */
  async faults(): Promise<Fault[]> {
    return parseFaults(await this.#mustVm("lab-link list"));
  }

  async #mustVm(command: string): Promise<string> {
    const { code, stdout, stderr } = await this.vm(command);
    if (code !== 0) throw new Error(`${command}: ${stderr.trim()}`);
    return stdout;
  }

  /** Ends the VM and removes all of the lab but the cached image. */
  async down(): Promise<void> {
    this.close();
    await labDown(this.name);
  }

  /** Ends this program's connections. The lab goes on. */
  close(): void {
    this.#logins.close();
  }
}

/** The lab of that name, if its VM runs. */
export function findLab(name: string): Lab | undefined {
  const state = readState(name);
  if (state === undefined) return undefined;
  const running = carrierOf(state.accelerator).pid(runFiles(name).machine) !== undefined;
  return running ? new Lab(name, state) : undefined;
}

/** Ends the lab of that name and removes what it left. Says whether its VM ran. */
export async function labDown(name: string): Promise<boolean> {
  const files = runFiles(name);
  return withLock(files.lock, lockSeconds, async () => {
    const ran = await stopMachines(name);
    for (const entry of readdirSync(files.folder)) {
      const path = join(files.folder, entry);
      if (path !== files.lock) rmSync(path, { recursive: true });
    }
    return ran;
  });
}
