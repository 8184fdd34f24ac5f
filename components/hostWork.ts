import * as pulumi from "@pulumi/pulumi";
import { hostError } from "../core/describe/hostError";
import type { CommandResult, RunOptions } from "../ssh/connection";
import { SshError } from "../ssh/failure";
import type { SshNode } from "../ssh/target";
import { stillThere, type HostGate } from "./hostGate";
import { partsOf, taskOf, type HostTask } from "./hostTask";
import { Progress } from "./progress";

/**
 * Runs a command line as root on a host, in bounded time.
 *
 * @throws SshError
 */
export type RunOnHost = (node: SshNode, line: string, options: RunOptions) => Promise<CommandResult>;

/** Says what is wrong with what a command printed; undefined if nothing is. */
export type AnswerCheck = (stdout: string) => string | undefined;

/** The environment variable that shortens, for one run, what every command may take on a host: in seconds, a whole number from 1. */
export const commandSecondsVariable = "FULLMESH_COMMAND_SECONDS";

/**
 * What {@link commandSecondsVariable} says; undefined where it says nothing.
 *
 * @throws if that is no such number
 */
export function maxCommandSeconds(text = process.env[commandSecondsVariable] ?? ""): number | undefined {
  if (text === "") return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new pulumi.RunError(
    `no host was touched: ${commandSecondsVariable} is ${JSON.stringify(text)}, and must be a whole number of seconds from 1`,
  );
}

/** By the host's own clock a command is over before that; this is for the way back, and for what `timeout` ends to clean up. */
const marginSeconds = 10;

/**
 * Does on the hosts what commands stand for, in hooks that run before the engine takes note of them. Not by the provider: that has no deadline, and waits for ever
 * for a host that never ends a command, and the whole deploy with it. Here each is over by this computer's clock, whatever its host does: then its node has
 * failed, and the others go on.
 */
export class HostWork {
  /** The last before a command is created or updated. */
  readonly run: pulumi.ResourceHook;
  /** The last before one is removed. */
  readonly remove: pulumi.ResourceHook;
  private readonly checks = new Map<string, AnswerCheck>();

  /**
   * @param maxSeconds for each command; those that have less by themselves keep it
   * @param progress is told when a command begins and ends
   */
  constructor(
    private readonly gate: HostGate,
    private readonly runOnHost: RunOnHost,
    private readonly maxSeconds = Infinity,
    private readonly progress = new Progress(),
  ) {
    this.run = new pulumi.ResourceHook("command on the host", (args) => this.work(args));
    this.remove = new pulumi.ResourceHook("removal from the host", (args) => this.takeAway(args));
  }

  /** A command whose answer is wrong has failed. */
  check(command: string, check: AnswerCheck): void {
    this.checks.set(command, check);
  }

  private async work(args: pulumi.ResourceHookArgs): Promise<void> {
    const task = await taskOf(args);
    if (task.run !== undefined) await this.runIt(args, task.run, task);
    this.gate.finished(args.name);
  }

  private async runIt({ urn, name }: pulumi.ResourceHookArgs, line: string, task: HostTask): Promise<void> {
    this.progress.begin(urn, task.node.name, partsOf(name).step);
    try {
      const stdout = await this.toTheEnd(task, line, task.stdin);
      const fault = this.checks.get(name)?.(stdout);
      if (fault !== undefined) throw new Error(fault);
    } catch (error) {
      throw this.gate.refuse(name, messageOf(error));
    } finally {
      this.progress.end(urn);
    }
  }

  /** What was deployed before there were records, the provider removes. */
  private async takeAway(args: pulumi.ResourceHookArgs): Promise<void> {
    const task = await taskOf(args);
    if (task.remove === undefined) return;
    try {
      await this.toTheEnd(task, task.remove, "");
    } catch (error) {
      throw stillThere(task.node, messageOf(error));
    }
  }

  /** What it printed. */
  private async toTheEnd({ node, timeoutSeconds }: HostTask, line: string, stdin: string): Promise<string> {
    const seconds = Math.min(timeoutSeconds, this.maxSeconds);
    const { status, stdout, stderr } = await this.runOnHost(node, `timeout ${seconds} ${line}`, {
      stdin,
      timeoutSeconds: seconds + marginSeconds,
    });
    if (status === 0) return stdout;
    const said = hostError(stderr || stdout);
    throw new Error(said === "" ? `${node.name}: ended with status ${status ?? "none"} and said nothing` : said);
  }
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof SshError) || message.includes("fix: ")) return message;
  const fix =
    error.cause === "timeout"
      ? `log in and look what it does; whoever has the host may never end it: take the node out of the registry, or, to wait less for it in one run, ${commandSecondsVariable}=60 pulumi up`
      : "look at the host, and run `pulumi up` again";
  return `${message}\n    fix: ${fix}`;
}
