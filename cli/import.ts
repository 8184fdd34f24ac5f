import { Command, InvalidArgumentError } from "commander";
import { importRanet, type RanetImport } from "../core/ranet/importRanet";
import { readRanet } from "../core/ranet/ranetFile";
import { maxNodeId } from "../core/registry/nodeSchema";
import { parseRegistry } from "../core/registry/parseRegistry";
import { formatProblem, problemAt, startOf, type Problem } from "../core/registry/problem";
import { writeNewNodeFiles } from "../stack/newNodeFiles";
import { loadMesh, type PlannedMesh } from "../stack/plannedMesh";
import { readRegistryFolder, shownPath } from "../stack/registryFolder";
import { readInput } from "./input";

interface ImportOptions {
  readonly stack?: string;
  readonly firstId?: number;
}

/** `fullmesh import`: exit status 0 done, 1 refused and nothing written, 2 could not. */
export function importCommand(): Command {
  return new Command("import")
    .description("write a node file for each member of ranet's registry.json that is no node yet, as a node of others")
    .argument("<file>", "registry.json; - for standard input")
    .option(
      "-s, --stack <name>",
      "stack to add the nodes to (default: PULUMI_STACK, the only one, or the selected one)",
    )
    .option("--first-id <id>", "id of the first new node (default: the one after the highest ever used)", parseId)
    .addHelpText(
      "after",
      "\nNo file is overwritten, and all are written or none." +
        "\nExit status: 0 done, 1 refused (nothing is written), 2 could not (registry, settings or usage)",
    )
    .action((file: string, options: ImportOptions) => {
      process.exitCode = runImport(file, options);
    });
}

function runImport(file: string, { stack, firstId }: ImportOptions): number {
  const mesh = loadMesh(process.cwd(), stack);
  const shown = file === "-" ? "standard input" : shownPath(file);
  const read = readRanet(shown, readInput(file));
  if (!read.ok) return refuse(read.problems);
  const folder = shownPath(mesh.settings.registryFolder);
  const found = importRanet(read.registry, mesh.registry, folder, firstId);
  const problems = [...namelessProblems(shown, found), ...problemsOfResult(mesh, found)];
  if (problems.length > 0) return refuse(problems);

  writeNewNodeFiles(mesh.settings.registryFolder, found.files);
  const lines = [
    ...found.files.map(({ path }) => `wrote ${path}`),
    ...found.known.map(({ organization, commonName, file: there, keyDiffers }) => {
      const key = keyDiffers ? "; its key there is another than in the import" : "";
      return `left alone: ${there}, which is ${organization}/${commonName}${key}`;
    }),
  ];
  process.stdout.write(`${lines.length === 0 ? "there is nothing to import" : lines.join("\n")}\n`);
  return 0;
}

function refuse(problems: readonly Problem[]): number {
  process.stderr.write(`nothing was written; fix these first:\n${problems.map(formatProblem).join("\n")}\n`);
  return 1;
}

function namelessProblems(file: string, { nameless }: RanetImport): readonly Problem[] {
  return nameless.map((member) =>
    problemAt(
      startOf(file),
      `there is no free file name for ${member}`,
      "write its node file by hand, and import again",
    ),
  );
}

/** What is wrong with the registry as it would be, the new files at their places. */
function problemsOfResult({ settings }: PlannedMesh, { files }: RanetImport): readonly Problem[] {
  const there = readRegistryFolder(settings.registryFolder).files;
  const result = parseRegistry([...there, ...files], settings);
  return result.ok ? [] : result.problems;
}

function parseId(text: string): number {
  const id = Number(text);
  if (!Number.isInteger(id) || id < 1 || id > maxNodeId) {
    throw new InvalidArgumentError(`It must be a whole number, 1 to ${maxNodeId}.`);
  }
  return id;
}
