import { Command, Option } from "commander";
import { meshExposition } from "../core/metrics/meshMetrics";
import { compareWithPlan } from "../core/observe/compareWithPlan";
import { managedNodes } from "../core/plan/managed";
import { sshAccess } from "../ssh/access";
import { observeScript } from "../ssh/hostScripts";
import { SshPool } from "../ssh/pool";
import { loadMesh } from "../stack/plannedMesh";
import { observeMesh } from "./status/observeMesh";
import { renderReport, worstFirst, type StatusReport } from "./status/report";
import { plainScreen, terminalScreen } from "./status/screen";
import { watch } from "./status/watch";
import { stdoutColors } from "./colors";
import { parseSeconds } from "./seconds";

const defaultWatchSeconds = 5;

const formats = ["table", "prometheus"] as const;

interface StatusOptions {
  readonly stack?: string;
  readonly json?: true;
  readonly format: (typeof formats)[number];
  readonly watch?: number | true;
}

/** `fullmesh status`: exit status 0 healthy, 1 not healthy, 2 could not tell. */
export function statusCommand(): Command {
  return new Command("status")
    .description("show every node and every link as it is, against how it was planned")
    .option("-s, --stack <name>", "stack to look at (default: PULUMI_STACK, the only one, or the selected one)")
    .option("--json", "print one JSON object (type StatusReport in cli/status/report.ts) and nothing else")
    .addOption(
      new Option("--format <format>", "print tables, or metrics in Prometheus' text exposition format")
        .choices(formats)
        .default("table")
        .conflicts("json"),
    )
    .option(
      "-w, --watch [seconds]",
      `look again every so many seconds (default: ${defaultWatchSeconds}), until Ctrl-C`,
      parseSeconds,
    )
    .addHelpText(
      "after",
      "\nExit status: 0 all healthy, 1 not healthy, 2 could not tell (registry, settings or usage)." +
        "\nNodes that are not managed are not asked; a link with one that is down counts like any other.",
    )
    .action(async (options: StatusOptions, command: Command) => {
      if (options.format === "prometheus" && options.watch !== undefined) {
        command.error("error: option '--format prometheus' cannot be used with option '--watch'");
      }
      process.exitCode = await status(options);
    });
}

async function status(options: StatusOptions): Promise<number> {
  const { stack, plan, settings } = loadMesh(process.cwd(), options.stack);
  const pool = new SshPool(await sshAccess(settings), settings.parallelism);
  const look = async (): Promise<StatusReport> => {
    const observedAt = new Date().toISOString();
    const answers = await observeMesh(managedNodes(plan), pool, observeScript());
    return { version: 1, stack, observedAt, ...compareWithPlan(plan, answers) };
  };
  const colors = stdoutColors();
  const render = (report: StatusReport) => (options.json ? JSON.stringify(report) : renderReport(report, colors));
  try {
    if (options.watch === undefined) {
      const report = await look();
      if (options.format === "prometheus") {
        const atSeconds = Date.parse(report.observedAt) / 1000;
        for (const part of meshExposition(plan, report, { stack, atSeconds })) process.stdout.write(part);
      } else {
        process.stdout.write(`${render(report)}\n`);
      }
      return report.healthy ? 0 : 1;
    }
    const everySeconds = options.watch === true ? defaultWatchSeconds : options.watch;
    const onTerminal = process.stdout.isTTY && !options.json;
    const screen = onTerminal ? terminalScreen(process.stdout) : plainScreen(process.stdout);
    const last = await watch(everySeconds, look, (report) => {
      const time = options.json ? "" : `${report.observedAt}\n\n`;
      screen.draw(time + render(onTerminal ? worstFirst(report) : report));
    }).finally(() => {
      screen.close();
    });
    return last?.healthy === true ? 0 : 1;
  } finally {
    await pool.close();
  }
}
