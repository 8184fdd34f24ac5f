import { Command, Option } from "commander";
import { compareMeshes } from "../core/diff/compareMeshes";
import type { MeshDifference } from "../core/diff/meshDifference";
import { pictureOfDifference } from "../core/picture/ofDifference";
import { committedMesh } from "../stack/committedMesh";
import { loadMesh } from "../stack/plannedMesh";
import { stdoutColors } from "./colors";
import { renderMarkdown, renderText } from "./diff/render";
import { sections, summary } from "./diff/sections";

interface DiffOptions {
  readonly stack?: string;
  readonly json?: true;
  readonly markdown?: true;
}

/** What `fullmesh diff --json` prints. */
export interface DiffReport extends MeshDifference {
  readonly stack: string;
  /** The commit, as it was named. */
  readonly from: string;
}

/** `fullmesh diff`: exit status 0 done, whatever it found, 2 could not. */
export function diffCommand(): Command {
  return new Command("diff")
    .description(
      "say what the files as they are would do to a mesh that is as a commit has them; no host is touched or asked",
    )
    .argument("[commit]", "as git takes it: HEAD, origin/main, HEAD~3", "HEAD")
    .option("-s, --stack <name>", "stack to compare (default: PULUMI_STACK, the only one, or the selected one)")
    .addOption(
      new Option("--json", "print one JSON object (type DiffReport in cli/diff.ts) and nothing else").conflicts(
        "markdown",
      ),
    )
    .option("--markdown", "print what to paste into a pull request, with a picture in mermaid")
    .addHelpText(
      "after",
      "\nExit status: 0 done, 2 could not (no such commit, registry or settings of either side, a registry outside the commit, usage)",
    )
    .action((commit: string, options: DiffOptions) => {
      const report = diff(process.cwd(), commit, options.stack);
      process.stdout.write(`${render(report, options)}\n`);
    });
}

/**
 * Compares a commit with the files as they are.
 *
 * @throws Error with all that is wrong with either
 */
export function diff(from: string, commit: string, asked: string | undefined): DiffReport {
  const after = loadMesh(from, asked);
  const before = committedMesh(after.folder, commit, after.stack);
  return { stack: after.stack, from: commit, ...compareMeshes(before, after) };
}

function render(report: DiffReport, { json, markdown }: DiffOptions): string {
  if (json) return JSON.stringify(report);
  const heading = `${report.stack}, ${report.from} -> the files here: ${summary(report)}`;
  return markdown
    ? renderMarkdown(heading, pictureOfDifference(report), sections(report))
    : renderText(heading, sections(report), stdoutColors());
}
