/** `npm test`: every part of the proof, beside each other where they do not wait for each other, and a summary of their times. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { projectFolder, runsTypeScript } from "../../lab/scratchProject";
import { accelerators } from "../../lab/vm/accelerator";
import { Part } from "./part";
import { summarize } from "./summary";

/** Niceness of what takes only the time of the processor that the others leave. */
const lowest = 19;

/** Where the parts leave their results. */
const folder = join(projectFolder, ".lab", "results");

const jest = (config: string, results: string): readonly string[] => [
  ...["node", join(projectFolder, "node_modules", "jest", "bin", "jest.js"), "--config", config],
  ...["--json", `--outputFile=${join(folder, `${results}.json`)}`],
];

const script = (file: string): readonly string[] => ["node", "--require", runsTypeScript, join(projectFolder, file)];

async function all(accelerator: string | undefined): Promise<number> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const env = accelerator === undefined ? {} : { FULLMESH_ACCELERATOR: accelerator };
  const check = new Part("check", ["npm", "run", "--silent", "check"], {}, lowest);
  // What is left of them when the hosts are done has all processors.
  const unit = new Part("unit", [...jest("jest.config.js", "unit"), "--maxWorkers=100%"], {}, lowest);
  const prepare = new Part("prepare", script("lab/prepare.ts"), env);
  const hosts = new Part("hosts", jest("jest.e2e.config.js", "hosts"), env);
  const reference = new Part("reference", jest("jest.reference.config.js", "reference"), {
    FULLMESH_ACCELERATOR: "debian",
  });
  const engine = new Part("engine", jest("jest.engine.config.js", "engine"));
  const prepared = async (): Promise<void> => {
    await prepare.run();
    // Without the image and the CLI each scenario would fail, one after the other.
    if (prepare.failed) return;
    await Promise.all([hosts.run(), reference.run().then(() => engine.run())]);
  };
  const inSpareTime = async (): Promise<void> => {
    await check.run();
    await unit.run();
  };
  await Promise.all([inSpareTime(), prepared()]);
  return summarize([check, unit, prepare, hosts, reference, engine], folder);
}

const program = new Command("npm test")
  .description("Lint, types, unit tests, and all scenarios on the lab's hosts.")
  .addOption(new Option("--accelerator <name>", "what runs the hosts' kernel").choices(accelerators))
  .parse();

all(program.opts<{ readonly accelerator?: string }>().accelerator).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
