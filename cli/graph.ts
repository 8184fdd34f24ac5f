import { Command, Option } from "commander";
import { compareWithPlan } from "../core/observe/compareWithPlan";
import { renderDot } from "../core/picture/dot";
import { maxMermaidLinks, renderMermaid } from "../core/picture/mermaid";
import { pictureOfHealth } from "../core/picture/ofHealth";
import { pictureOfPlan } from "../core/picture/ofPlan";
import type { Picture } from "../core/picture/picture";
import { maxCircleNodes, renderSvg } from "../core/picture/svg";
import { managedNodes } from "../core/plan/managed";
import { sshAccess } from "../ssh/access";
import { observeScript } from "../ssh/hostScripts";
import { withSshPool } from "../ssh/pool";
import { loadMesh, type PlannedMesh } from "../stack/plannedMesh";
import { observeMesh } from "./status/observeMesh";

const renderers = { svg: renderSvg, mermaid: renderMermaid, dot: renderDot } as const;

interface GraphOptions {
  readonly stack?: string;
  readonly format: keyof typeof renderers;
  readonly live?: true;
}

/** `fullmesh graph`: exit status 0 done, whatever the picture shows, 2 could not. */
export function graphCommand(): Command {
  return new Command("graph")
    .description("draw the mesh as planned; with --live, as the nodes find it")
    .option("-s, --stack <name>", "stack to draw (default: PULUMI_STACK, the only one, or the selected one)")
    .addOption(new Option("-f, --format <format>", "what to print").choices(Object.keys(renderers)).default("svg"))
    .option("--live", "ask the nodes, as `fullmesh status` does, and show each planned link as it is")
    .addHelpText(
      "after",
      "\nA file to open in a browser:  fullmesh graph >mesh.svg" +
        "\nA PDF, by Graphviz:           fullmesh graph --format dot | dot -Tpdf >mesh.pdf" +
        `\nUp to ${maxCircleNodes} nodes stand on a circle; more are a matrix, in SVG.` +
        "\nExit status: 0 done, whatever the picture shows, 2 could not (registry, settings or usage)",
    )
    .action(async (options: GraphOptions) => {
      const mesh = loadMesh(process.cwd(), options.stack);
      const picture = options.live ? await livePicture(mesh) : pictureOfPlan(mesh.stack, mesh.plan);
      if (options.format === "mermaid" && picture.links.length > maxMermaidLinks) {
        process.stderr.write(
          `fullmesh: GitHub and others draw no more than ${maxMermaidLinks} links by mermaid, and here are ${picture.links.length}\n    fix: --format svg\n`,
        );
      }
      process.stdout.write(`${renderers[options.format](picture)}\n`);
    });
}

async function livePicture({ stack, plan, settings }: PlannedMesh): Promise<Picture> {
  const access = await sshAccess(settings);
  const observedAt = new Date().toISOString();
  const answers = await withSshPool(access, settings.parallelism, (pool) =>
    observeMesh(managedNodes(plan), pool, observeScript()),
  );
  return pictureOfHealth(stack, plan, compareWithPlan(plan, answers), observedAt);
}
