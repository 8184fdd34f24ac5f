/** The life of a Command, remote or local: which command runs when, and what the state keeps of it. */
import { randomBytes } from "node:crypto";
import { diffMaps, equalIgnoringSecrets } from "../plugin/diff";
import { containsUnknown, plain, UNKNOWN, type PropertyMap } from "../plugin/propertyValue";
import type { Checked, Resource, ResourceContext, ResourceDiff } from "../plugin/resource";

/** What a command wrote, each with one newline at its end taken away. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** A command about to run. */
export interface CommandRun {
  readonly command: string;
  /** The Command's inputs, without secret marks. */
  readonly inputs: PropertyMap;
  /** The output of the create or update before; empty in a create. */
  readonly previous: CommandOutput;
  readonly context: ResourceContext;
}

/** What remote and local Commands do differently. */
export interface CommandKind {
  check(news: PropertyMap): Checked;
  run(run: CommandRun): Promise<CommandOutput>;
}

/** Hexadecimal digits that follow the name in an id (`resource.NewUniqueHex(name, 8, 0)` in the official provider). */
const ID_BYTES = 4;

const OUTPUTS: ReadonlySet<string> = new Set(["stdout", "stderr"]);

const NO_OUTPUT: CommandOutput = { stdout: "", stderr: "" };

/** Makes a resource type of a kind of Command. */
export function commandResource(kind: CommandKind): Resource {
  const execute = async (
    command: unknown,
    inputs: PropertyMap,
    previous: CommandOutput,
    context: ResourceContext,
  ): Promise<CommandOutput> => {
    if (typeof command !== "string") return previous;
    const plainInputs = plain(inputs) as PropertyMap;
    return kind.run({ command, inputs: plainInputs, previous, context });
  };

  return {
    check: (news) => kind.check(news),

    diff(oldInputs: PropertyMap, news: PropertyMap): ResourceDiff {
      // `triggers` replaces through the SDK's replaceOnChanges option, in the engine: the provider calls every change an update.
      return { changes: diffMaps(oldInputs, news), replace: false };
    },

    async create(context, inputs) {
      const id = context.name + randomBytes(ID_BYTES).toString("hex");
      const output = context.preview
        ? { stdout: UNKNOWN, stderr: UNKNOWN }
        : await execute(plain(inputs.create ?? null), inputs, NO_OUTPUT, context);
      return { id, outputs: { ...inputs, ...output } };
    },

    async update(context, state, inputs) {
      const previous = outputOf(state);
      if (context.preview) return { ...inputs, ...(mayChangeOutput(state, inputs) ? unknownOutput() : previous) };
      const command = plain(inputs.update ?? inputs.create ?? null);
      return { ...inputs, ...(await execute(command, inputs, previous, context)) };
    },

    async delete(context, state) {
      const inputs = Object.fromEntries(Object.entries(state).filter(([name]) => !OUTPUTS.has(name)));
      await execute(plain(inputs.delete ?? null), inputs, outputOf(state), context);
    },
  };
}

function outputOf(state: PropertyMap): CommandOutput {
  const text = (name: string): string => {
    const value = plain(state[name] ?? null);
    return typeof value === "string" ? value : "";
  };
  return { stdout: text("stdout"), stderr: text("stderr") };
}

function unknownOutput(): CommandOutput {
  return { stdout: UNKNOWN, stderr: UNKNOWN };
}

/** The official provider calls outputs unknown when an input is, or differs from the state; an input new to the state does not count. */
function mayChangeOutput(state: PropertyMap, inputs: PropertyMap): boolean {
  return Object.keys({ ...state, ...inputs }).some((name) => {
    if (OUTPUTS.has(name)) return false;
    const old = state[name] ?? null;
    const now = inputs[name] ?? null;
    return containsUnknown(now) || (old !== null && !equalIgnoringSecrets(old, now));
  });
}
