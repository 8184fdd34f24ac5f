import { Command, InvalidArgumentError } from "commander";
import { admit } from "../core/ranet/admit";
import { importRanet } from "../core/ranet/importRanet";
import { readRanet, type RanetMember } from "../core/ranet/ranetFile";
import { maxNodeId } from "../core/registry/nodeSchema";
import type { RegistryFile } from "../core/registry/parseRegistry";
import { formatProblem, problemAt, sortProblems, type Problem } from "../core/registry/problem";
import { writeNewNodeFiles } from "../stack/newNodeFiles";
import { loadMesh, type PlannedMesh } from "../stack/plannedMesh";
import { shownPath } from "../stack/registryFolder";
import { readStack } from "../stack/stack";
import { readInput } from "./input";

interface ImportOptions {
  readonly stack?: string;
  readonly firstId?: number;
}

/** `fullmesh import`: exit status 0 done, 1 not all members, 2 could not. */
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
      "\nNo file is overwritten. Members that would make the registry a wrong one are left out, and said with what is wrong." +
        "\nExit status: 0 done, 1 done but for these members, 2 could not, and nothing was written (no JSON, registry, settings or usage)",
    )
    .action(async (file: string, options: ImportOptions) => {
      process.exitCode = await runImport(file, options);
    });
}

async function runImport(file: string, { stack, firstId }: ImportOptions): Promise<number> {
  const mesh = loadMesh(process.cwd(), stack);
  const shown = file === "-" ? "standard input" : shownPath(file);
  const read = readRanet(shown, await readInput(file));
  if (!read.ok) throw new Error(`nothing was written:\n${read.problems.map(formatProblem).join("\n")}`);
  const { registryFolder } = mesh.settings;
  const found = importRanet(read.members, mesh.registry, shownPath(registryFolder), firstId);
  const { taken, problems: refused } = admit(found.files, (files) => problemsWith(mesh, files));

  writeNewNodeFiles(registryFolder, taken);
  const lines = [
    ...taken.map(({ path }) => `wrote ${path}`),
    ...found.known.map(({ organization, commonName, file: there, keyDiffers }) => {
      const key = keyDiffers ? "; its key there is another than in the import" : "";
      return `left alone: ${there}, which is ${organization}/${commonName}${key}`;
    }),
  ];
  const problems = sortProblems([...read.problems, ...found.nameless.map(namelessProblem), ...refused]);
  const none = problems.length === 0 ? "there is nothing to import" : "nothing was written";
  process.stdout.write(`${lines.length === 0 ? none : lines.join("\n")}\n`);
  if (problems.length === 0) return 0;
  process.stderr.write(`not imported; fix these, and import again:\n${problems.map(formatProblem).join("\n")}\n`);
  return 1;
}

function namelessProblem({ organization, node, place }: RanetMember): Problem {
  const message = `there is no free file name for ${organization}/${node.common_name}`;
  return problemAt(place, message, "write its node file by hand, and import again");
}

/** What would be wrong with the stack, the new files at their places. */
function problemsWith({ settings }: PlannedMesh, files: readonly RegistryFile[]): readonly Problem[] {
  const result = readStack({ ok: true, settings }, files);
  return result.ok ? [] : result.problems;
}

function parseId(text: string): number {
  const id = Number(text);
  if (!Number.isInteger(id) || id < 1 || id > maxNodeId) {
    throw new InvalidArgumentError(`It must be a whole number, 1 to ${maxNodeId}.`);
  }
  return id;
}
