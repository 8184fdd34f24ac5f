import { spawn } from "node:child_process";

/** What a run of the CLI gave. */
export interface CliResult {
  /** Exit status; 128 plus the signal's number is not used: a run ended by a signal has status 1. */
  readonly status: number;
  readonly output: string;
  readonly seconds: number;
}

export interface CliOptions {
  /** Ended by SIGINT when it has printed nothing for so many seconds, and by SIGKILL ten seconds later: a deploy that goes on says so, however slow it is. */
  readonly silentSeconds: number;
  /** Merged over the environment of the CLI. */
  readonly env?: Readonly<Record<string, string>>;
  /** Each piece of output as it comes. */
  readonly onOutput?: (text: string) => void;
  /** Told the process id, for those who want to watch or end it. */
  readonly onStart?: (pid: number) => void;
}

/** The real `pulumi` CLI, in one project and one environment. */
export class PulumiCli {
  constructor(
    private readonly binary: string,
    private readonly folder: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** Runs the CLI and hands back its output, stdout and stderr as they came. Never rejects for a status other than 0. */
  run(args: readonly string[], { silentSeconds, env, onOutput, onStart }: CliOptions): Promise<CliResult> {
    const started = Date.now();
    return new Promise((resolve, reject) => {
      const child = spawn(this.binary, args, {
        cwd: this.folder,
        env: { ...process.env, ...this.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      if (child.pid !== undefined) onStart?.(child.pid);
      const interrupt = setTimeout(() => child.kill("SIGINT"), silentSeconds * 1000);
      const kill = setTimeout(() => child.kill("SIGKILL"), (silentSeconds + 10) * 1000);
      let output = "";
      const take = (chunk: Buffer): void => {
        const text = chunk.toString();
        output += text;
        interrupt.refresh();
        kill.refresh();
        onOutput?.(text);
      };
      child.stdout.on("data", take);
      child.stderr.on("data", take);
      child.on("error", reject);
      child.on("close", (status) => {
        clearTimeout(interrupt);
        clearTimeout(kill);
        resolve({ status: status ?? 1, output, seconds: (Date.now() - started) / 1000 });
      });
    });
  }

  /** As `run`, and rejects with the output if the status is not 0. */
  async mustRun(args: readonly string[], options: CliOptions): Promise<CliResult> {
    const result = await this.run(args, options);
    if (result.status !== 0)
      throw new Error(`pulumi ${args.join(" ")} ended with status ${result.status}:\n${result.output}`);
    return result;
  }
}
