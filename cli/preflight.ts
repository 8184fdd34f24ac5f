import { Command } from "commander";
import pLimit from "p-limit";
import { managedNodes } from "../core/plan/managed";
import { formatProblem } from "../core/registry/problem";
import { sshAccess } from "../ssh/access";
import { preflight } from "../ssh/preflight";
import { sharedHostKeys } from "../ssh/sharedHostKeys";
import { loadMesh } from "../stack/plannedMesh";
import { managedByName } from "./managedByName";

interface PreflightOptions {
  readonly stack?: string;
}

/** `fullmesh preflight`: exit status 0 all are fit, 1 not all, 2 could not look. */
export function preflightCommand(): Command {
  return new Command("preflight")
    .description("look whether hosts can be deployed to, and say all that is wrong; it changes nothing")
    .argument("[nodes...]", "names of nodes (default: all)")
    .option(
      "-s, --stack <name>",
      "stack whose nodes they are (default: PULUMI_STACK, the only one, or the selected one)",
    )
    .addHelpText(
      "after",
      "\nA deploy looks at the same things before it changes anything on a host." +
        "\nExit status: 0 all are fit, 1 not all, 2 could not look (registry, settings, no such node, usage)",
    )
    .action(async (names: string[], options: PreflightOptions) => {
      process.exitCode = await preflightNodes(names, options.stack);
    });
}

async function preflightNodes(names: readonly string[], asked: string | undefined): Promise<number> {
  const { stack, plan, registry, settings } = loadMesh(process.cwd(), asked);
  const access = await sshAccess(settings);
  const managed = managedNodes(plan);
  const nodes = names.length === 0 ? managed : managedByName(managed, names, stack);
  const shared = sharedHostKeys(registry.nodes, access.knownHosts).filter((each) =>
    nodes.some(({ name }) => each.nodes.includes(name)),
  );
  for (const { problem } of shared) process.stdout.write(`${formatProblem(problem)}\n`);
  const own = nodes.filter(({ name }) => !shared.some((each) => each.nodes.includes(name)));
  const turns = pLimit(settings.parallelism);
  const looks = await Promise.all(
    own.map((node) => turns(async () => ({ name: node.name, result: await preflight(node, plan, access) }))),
  );
  for (const { name, result } of looks) {
    const lines = result.ok ? [`${name}: fit`, ...(result.remarks ?? [])] : [result.message];
    process.stdout.write(`${lines.join("\n")}\n`);
  }
  return shared.length === 0 && looks.every(({ result }) => result.ok) ? 0 : 1;
}
