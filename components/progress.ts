import * as pulumi from "@pulumi/pulumi";

/** Takes a line about a resource, for whoever watches the deploy. */
export type Say = (urn: string, line: string) => void;

/** What a step is doing when it takes long. The words are ours alone: of what a host says while a command runs nothing is shown, for secrets may be in it. */
const lengthySteps: Readonly<Record<string, string>> = { install: "installing packages and scripts" };

const everySeconds = 10;

/** Says of the steps that may take a minute that they still run, and since when. It goes by the deployer's clock, and ends with the command or with the program. */
export class Progress {
  private readonly running = new Map<string, NodeJS.Timeout>();

  constructor(private readonly say: Say = sayInEngine) {}

  /** A step on a node has begun; the URN is that of its command. */
  begin(urn: string, node: string, step: string): void {
    const doing = lengthySteps[step];
    if (doing === undefined) return;
    this.end(urn);
    const started = Date.now();
    const timer = setInterval(() => {
      this.say(urn, `${node}: ${doing} (${Math.round((Date.now() - started) / 1000)} s)`);
    }, everySeconds * 1000);
    timer.unref();
    this.running.set(urn, timer);
  }

  /** The command has ended, well or not. */
  end(urn: string): void {
    clearInterval(this.running.get(urn));
    this.running.delete(urn);
  }
}

/** Shown beside the resource, and in no list of what a deploy said. */
const sayInEngine: Say = (urn, line) => {
  // Its own URN is not known to the SDK before the command has ended, and all that is said later would wait for that.
  void pulumi.log.info(line, new pulumi.DependencyResource(urn), undefined, true);
};
