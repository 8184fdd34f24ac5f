import { Command } from "commander";
import type { Colors } from "picocolors/types";
import { planWarnings } from "../core/describe/planWarnings";
import { requirementProblems } from "../core/describe/requirementProblems";
import { secretWarnings } from "../core/describe/secretWarnings";
import { counted } from "../core/registry/counted";
import { formatPlace, type Problem } from "../core/registry/problem";
import { copiedNodes, demoProblems } from "../stack/demo";
import { shownPath } from "../stack/registryFolder";
import { settingsFromPulumiYaml } from "../stack/settings";
import { readStack } from "../stack/stack";
import { chooseStack, findProjectFolder } from "../stack/stackFile";
import { stdoutColors } from "./colors";

interface ValidateOptions {
  readonly stack?: string;
  readonly json?: true;
}

/** What `fullmesh validate --json` prints. */
export type ValidateReport =
  | {
      readonly ok: true;
      readonly stack: string;
      readonly folder: string;
      readonly nodes: number;
      /** What nothing is wrong with, and a reviewer should know. */
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly stack: string; readonly problems: readonly Problem[] };

/** `fullmesh validate`: exit status 0 all right, 1 problems found, 2 wrong usage (no project, no such stack). */
export function validateCommand(): Command {
  return new Command("validate")
    .description("check the settings and the registry of a stack, and show everything that is wrong with them")
    .option("-s, --stack <name>", "stack to check (default: PULUMI_STACK, the only one, or the selected one)")
    .option("--json", "print one JSON object (type ValidateReport in cli/validate.ts) and nothing else")
    .addHelpText("after", "\nExit status: 0 all right, 1 problems found, 2 wrong usage (no project, no such stack)")
    .action((options: ValidateOptions, command: Command) => {
      const folder = findProjectFolder(process.cwd());
      if (folder === undefined) {
        return command.error("error: no Pulumi.yaml here or above\n    fix: run in the project's folder", {
          exitCode: 2,
        });
      }
      const choice = chooseStack(folder, options.stack, process.env.PULUMI_STACK);
      if (!choice.ok) return command.error(`error: ${choice.message}\n    fix: ${choice.fix}`, { exitCode: 2 });

      const report = validate(folder, choice.stack);
      const colors = stdoutColors();
      process.stdout.write(`${options.json ? JSON.stringify(report) : renderReport(report, colors)}\n`);
      process.exitCode = report.ok ? 0 : 1;
    });
}

/** Checks a stack's settings and, as far as these allow, its registry, whether its nodes reach each other, and what the policy requires. */
export function validate(projectFolder: string, stack: string): ValidateReport {
  const read = readStack(settingsFromPulumiYaml(projectFolder, stack));
  if (!read.ok) return { ok: false, stack, problems: read.problems };
  const { plan, registry, settings } = read;
  const ofDemo = demoProblems(projectFolder, stack, plan);
  if (ofDemo.length > 0) return { ok: false, stack, problems: ofDemo };
  const required = requirementProblems(registry, plan);
  if (required.length > 0) return { ok: false, stack, problems: required };
  return {
    ok: true,
    stack,
    folder: shownPath(settings.registryFolder),
    nodes: plan.nodes.length,
    warnings: [...copiedNodes(stack, plan), ...planWarnings(plan), ...secretWarnings(registry)],
  };
}

function renderReport(report: ValidateReport, colors: Colors): string {
  if (report.ok) {
    const warnings = report.warnings.map((warning) => `${colors.yellow("warning")}: ${warning}`);
    return [...warnings, `${colors.green("ok")}: ${counted(report.nodes, "node")} in ${report.folder}`].join("\n");
  }
  const shown = report.problems.map(
    (problem) => `${colors.bold(formatPlace(problem))}: ${problem.message}\n    ${colors.cyan("fix")}: ${problem.fix}`,
  );
  return [...shown, `${colors.red(counted(report.problems.length, "problem"))} in stack ${report.stack}`].join("\n");
}
