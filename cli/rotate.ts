import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { nextStep, replaced, withKeys, type RotationStep } from "../core/registry/rotation";
import type { RegistryNode } from "../core/registry/registry";
import { reason } from "../stack/registryFolder";
import { loadMesh } from "../stack/plannedMesh";
import { managedByName } from "./managedByName";

interface RotateOptions {
  readonly stack?: string;
  readonly all?: true;
  readonly revoke?: true;
}

type ManagedNode = RegistryNode & { readonly managed: true };

/** `fullmesh rotate`: exit status 0 done, 2 could not. */
export function rotateCommand(): Command {
  return new Command("rotate")
    .description("write the next step of a change of keys into node files; `pulumi up` after each of the three")
    .argument("[nodes...]", "names of nodes")
    .option("-a, --all", "all managed nodes")
    .option(
      "--revoke",
      "for a key that was stolen: in one step, so that it is refused and its links are ended by the next `pulumi up`",
    )
    .option(
      "-s, --stack <name>",
      "stack whose nodes they are (default: PULUMI_STACK, the only one, or the selected one)",
    )
    .addHelpText("after", "\nExit status: 0 done, 2 could not (registry, settings, no such node, usage)")
    .action((names: string[], options: RotateOptions) => {
      const { registry, stack } = loadMesh(process.cwd(), options.stack);
      const nodes = chosen(registry.nodes.filter(isManaged), names, options.all === true, stack);
      const lines = options.revoke ? revoke(nodes) : takeStep(nodes);
      process.stdout.write(`${lines.join("\n")}\n`);
    });
}

function isManaged(node: RegistryNode): node is ManagedNode {
  return node.managed;
}

function chosen(
  managed: readonly ManagedNode[],
  names: readonly string[],
  all: boolean,
  stack: string,
): readonly ManagedNode[] {
  if (all === names.length > 0) throw new Error("name nodes, or write --all");
  return all ? managed : managedByName(managed, names, stack);
}

const meaning: Readonly<Record<RotationStep, string>> = {
  accept: "step 1 of 3: peers accept the new key",
  use: "step 2 of 3: the new key is used, and peers still accept the former one",
  drop: "step 3 of 3: the former key is refused",
};

function takeStep(nodes: readonly ManagedNode[]): readonly string[] {
  const { step, keys } = nextStep(new Map(nodes.map((node) => [node.name, node.keys])));
  const lines = nodes.flatMap((node) => {
    const now = keys.get(node.name);
    return now === undefined ? [] : [write(node, now)];
  });
  const then =
    step === "drop" ? "pulumi up, and it is done" : "pulumi up; when it has gone well, the same command again";
  return [meaning[step], ...lines, `next: ${then}`];
}

function revoke(nodes: readonly ManagedNode[]): readonly string[] {
  const lines = nodes.map((node) => write(node, replaced(node.keys)));
  return ["another key, and the former one is refused", ...lines, "next: pulumi up"];
}

/** By way of a new file, so that no half of one is ever read. */
function write({ name, file, keys }: ManagedNode, now: readonly number[]): string {
  try {
    const text = withKeys(readFileSync(file, "utf8"), now);
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw new Error(`${file} cannot be given keys [${now.join(", ")}]: ${reason(error)}; write them by hand`);
  }
  return `  ${name}: keys [${keys.join(", ")}] -> [${now.join(", ")}]`;
}
