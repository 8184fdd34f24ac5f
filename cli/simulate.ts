import { Command } from "commander";
import { measuredMesh, type Measurements } from "../core/simulate/measured";
import { predict, type Prediction } from "../core/simulate/predict";
import { simulate } from "../core/simulate/simulate";
import { loadMesh, type PlannedMesh } from "../stack/plannedMesh";
import { stdoutColors } from "./colors";
import { readMeasurements } from "./simulate/readMeasurements";
import { renderReport, type SimulateReport } from "./simulate/report";

interface SimulateOptions {
  readonly stack?: string;
  readonly json?: true;
  readonly from?: string;
}

/** `fullmesh simulate`: exit status 0 done, whatever it found, 2 could not. */
export function simulateCommand(): Command {
  return new Command("simulate")
    .description("take each node, uplink, family, tag and link out of the plan, and say who is cut off")
    .option("-s, --stack <name>", "stack to simulate (default: PULUMI_STACK, the only one, or the selected one)")
    .option("--json", "print one JSON object (type SimulateReport in cli/simulate/report.ts) and nothing else")
    .option("--from <file>", "what `fullmesh status --json` printed: predicts paths by the RTTs in it; - is stdin")
    .addHelpText(
      "after",
      "\nNo host is asked. A pair has one way when the loss of one link or of one other node cuts it off." +
        "\nExit status: 0 done, whatever it found, 2 could not (registry, settings, FILE or usage)",
    )
    .action(async (options: SimulateOptions) => {
      const mesh = loadMesh(process.cwd(), options.stack);
      const measurements = options.from === undefined ? undefined : await readMeasurements(options.from, mesh.stack);
      const report = reportOf(mesh, measurements);
      process.stdout.write(`${options.json ? JSON.stringify(report) : renderReport(report, stdoutColors())}\n`);
    });
}

function reportOf({ stack, plan }: PlannedMesh, measurements: Measurements | undefined): SimulateReport {
  const report = { version: 1 as const, stack, ...simulate(plan) };
  if (measurements === undefined) return report;
  const mesh = measuredMesh(plan, measurements);
  const predictions = [...predict(plan, mesh)].sort((one, other) => costOf(other) - costOf(one));
  const { unmeasured, down } = mesh;
  return { ...report, measured: { observedAt: measurements.observedAt, unmeasured, down, predictions } };
}

/** Milliseconds that the loss of a link costs; what cannot be reached any more costs most. */
function costOf({ before, after }: Prediction): number {
  if (after === null) return Number.MAX_VALUE;
  return (after.rttMs ?? 0) - (before?.rttMs ?? 0);
}
