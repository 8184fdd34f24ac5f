import { Command, CommanderError } from "commander";
import { version } from "../package.json";
import { canCommand } from "./can";
import { diffCommand } from "./diff";
import { driftCommand } from "./drift";
import { exportCommand } from "./export";
import { graphCommand } from "./graph";
import { hostsCommand } from "./hosts";
import { importCommand } from "./import";
import { endWithoutOutput } from "./output";
import { preflightCommand } from "./preflight";
import { rotateCommand } from "./rotate";
import { simulateCommand } from "./simulate";
import { statusCommand } from "./status";
import { startCommand, stopCommand } from "./switch";
import { upCommand } from "./up";
import { validateCommand } from "./validate";
import { webCommand } from "./web";

/** Could not do what was asked: wrong usage, registry or settings. 1 means that it was done and the answer is no; for `drift` that is 2. */
const exitUnable = process.argv[2] === "drift" ? 3 : 2;

async function main(): Promise<void> {
  const program = new Command("fullmesh")
    .description("a full-mesh IPsec overlay from a registry in git")
    .version(version)
    .addCommand(statusCommand())
    .addCommand(webCommand())
    .addCommand(graphCommand())
    .addCommand(hostsCommand())
    .addCommand(validateCommand())
    .addCommand(diffCommand())
    .addCommand(simulateCommand())
    .addCommand(canCommand())
    .addCommand(preflightCommand())
    .addCommand(upCommand())
    .addCommand(rotateCommand())
    .addCommand(stopCommand())
    .addCommand(startCommand())
    .addCommand(driftCommand())
    .addCommand(exportCommand())
    .addCommand(importCommand());
  for (const command of [program, ...program.commands]) command.exitOverride();
  await program.parseAsync();
}

endWithoutOutput(exitUnable);
main().catch((error: unknown) => {
  // Commander has said already what is wrong with the usage; asking for help is not wrong.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitUnable;
  else {
    process.stderr.write(`fullmesh: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = exitUnable;
  }
});
