import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { projectFolder } from "../../lab/scratchProject";

/** Width of the names before the lines of parts. */
const nameWidth = 9;

/** One program of the proof, whose lines are printed with its name. */
export class Part {
  #status: number | undefined;
  #seconds = 0;

  constructor(
    readonly name: string,
    private readonly command: readonly string[],
    private readonly env: Readonly<Record<string, string>> = {},
    /** See nice(1). A lab on a busy processor is slower than its share of it: each system call of a host waits its turn twice. */
    private readonly niceness = 0,
  ) {}

  /** Whether it was run to its end, and that was not a good one; a part that was not run has failed, too. */
  get failed(): boolean {
    return this.#status !== 0;
  }

  /** `passed`, or how it ended. */
  get outcome(): string {
    if (this.#status === undefined) return "not run";
    return this.#status === 0 ? "passed" : `failed with status ${this.#status}`;
  }

  /** How long it took. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Runs it to its end, which may be a bad one. */
  async run(): Promise<void> {
    const started = Date.now();
    const child = spawn("nice", ["-n", String(this.niceness), ...this.command], {
      cwd: projectFolder,
      env: { ...process.env, ...this.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        console.log(`${this.name.padEnd(nameWidth)} | ${line}`);
      });
    }
    this.#status = await new Promise<number>((resolve) => {
      child.on("error", () => {
        resolve(127);
      });
      child.on("close", (status) => {
        resolve(status ?? 1);
      });
    });
    this.#seconds = (Date.now() - started) / 1000;
    console.log(`${this.name.padEnd(nameWidth)} | ==> ${this.outcome} after ${this.#seconds.toFixed(0)} s`);
  }
}
