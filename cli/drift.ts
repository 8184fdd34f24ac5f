import { Command } from "commander";
import { meshDrift } from "../core/drift/meshDrift";
import { managedNodes } from "../core/plan/managed";
import { sshAccess } from "../ssh/access";
import { askForDrift } from "../ssh/askForDrift";
import { withSshPool } from "../ssh/pool";
import { loadMesh } from "../stack/plannedMesh";
import { stdoutColors } from "./colors";
import { renderDrift, type DriftReport } from "./drift/render";

interface DriftOptions {
  readonly stack?: string;
  readonly json?: true;
}

/** `fullmesh drift`: exit status 0 in sync, 2 not, 3 could not look. 2 is what tells drift from failure in other tools that look for it, too. */
export function driftCommand(): Command {
  return new Command("drift")
    .description("show what on each node is other than the last deploy left it")
    .option("-s, --stack <name>", "stack to look at (default: PULUMI_STACK, the only one, or the selected one)")
    .option("--json", "print one JSON object (type DriftReport in cli/drift/render.ts) and nothing else")
    .addHelpText(
      "after",
      "\nExit status: 0 all nodes are as the last deploy left them, 2 something drifted or a node does not answer (it is unknown, not in sync)," +
        "\n3 could not look (registry, settings or usage)." +
        "\nWhat others have put on a host, as a connection of their own, is told and left alone; it does not count.",
    )
    .action(async (options: DriftOptions) => {
      process.exitCode = await drift(options);
    });
}

async function drift(options: DriftOptions): Promise<number> {
  const { stack, plan, settings } = loadMesh(process.cwd(), options.stack);
  const access = await sshAccess(settings);
  const observedAt = new Date().toISOString();
  const answers = await withSshPool(access, settings.parallelism, (pool) => askForDrift(managedNodes(plan), pool));
  const report: DriftReport = { version: 1, stack, observedAt, ...meshDrift(plan, answers) };
  process.stdout.write(`${options.json ? JSON.stringify(report) : renderDrift(report, stdoutColors())}\n`);
  return report.inSync ? 0 : 2;
}
