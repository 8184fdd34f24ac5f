import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Table from "cli-table3";
import { parse } from "yaml";
import { LoopbackMesh } from "../lab/loopbackMesh";
import { PulumiCli } from "../lab/pulumiCli";
import { projectFolder, ScratchProject } from "../lab/scratchProject";
import { prepareToolchain, type Toolchain } from "../lab/toolchain/toolchain";
import { PeakMemory } from "./memory";

/** Seconds and memory of one run of the CLI. */
interface Measured {
  readonly seconds: number;
  readonly peakMegabytes: number;
}

/**
 * `npm run bench:preview [-- N ...]`: what the engine takes for a mesh of N nodes, without hosts: first `up`, then a `preview` that finds nothing to do, each
 * beside as many bare components, which is the floor. Checkpoints are off, as the README advises for a mesh of this size.
 */
async function bench(sizes: readonly number[]): Promise<void> {
  const toolchain = await prepareToolchain({ progress: console.error });
  console.log(toolchain.description);
  const table = new Table({
    head: ["nodes", "resources", "first up", "floor", "ratio", "no-op preview", "floor", "ratio", "peak memory"],
    style: { head: [], border: [] },
  });
  for (const nodes of sizes) {
    const mesh = await measureMesh(nodes, toolchain);
    const floor = await measureBare(nodes, toolchain);
    table.push([
      nodes,
      mesh.resources,
      `${mesh.up.seconds.toFixed(1)} s`,
      `${floor.up.seconds.toFixed(1)} s`,
      (mesh.up.seconds / floor.up.seconds).toFixed(2),
      `${mesh.preview.seconds.toFixed(1)} s`,
      `${floor.preview.seconds.toFixed(1)} s`,
      (mesh.preview.seconds / floor.preview.seconds).toFixed(2),
      `${Math.max(mesh.up.peakMegabytes, mesh.preview.peakMegabytes)} MB`,
    ]);
    console.error(`${nodes} nodes done`);
  }
  console.log(table.toString());
}

async function measureMesh(
  nodes: number,
  toolchain: Toolchain,
): Promise<{ up: Measured; preview: Measured; resources: number }> {
  const mesh = await LoopbackMesh.create(nodes, toolchain);
  try {
    return await measure(mesh.pulumi, 3 * nodes + nodes * (nodes - 1) + 4 * nodes);
  } finally {
    mesh.close();
  }
}

async function measureBare(nodes: number, toolchain: Toolchain): Promise<{ up: Measured; preview: Measured }> {
  const project = new ScratchProject("bare");
  try {
    const folder = join(project.folder, "bare-project");
    mkdirSync(folder);
    for (const name of ["node_modules", "components"]) symlinkSync(join(projectFolder, name), join(folder, name));
    const program = readFileSync(join(projectFolder, "bench", "bare", "index.ts"), "utf8");
    writeFileSync(join(folder, "index.ts"), program.replace("../../components", "./components"));
    const settings = parse(readFileSync(join(projectFolder, "Pulumi.yaml"), "utf8")) as Record<string, unknown>;
    writeFileSync(join(folder, "Pulumi.yaml"), JSON.stringify({ name: "bare", runtime: settings.runtime }));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "bare", main: "index.ts" }));
    const pulumi = new PulumiCli(toolchain.pulumi, folder, {
      ...toolchain.env,
      ...project.env,
      BENCH_NODES: String(nodes),
      PULUMI_STACK: "bare",
      PULUMI_SKIP_CHECKPOINTS: "true",
    });
    await pulumi.mustRun(["stack", "init", "bare"], { silentSeconds: 60 });
    return await measure(pulumi, nodes * nodes);
  } finally {
    project.remove();
  }
}

async function measure(
  pulumi: PulumiCli,
  resources: number,
): Promise<{ up: Measured; preview: Measured; resources: number }> {
  const run = async (args: readonly string[]): Promise<Measured> => {
    const memory = new PeakMemory();
    const { seconds } = await pulumi.mustRun(args, {
      silentSeconds: 900,
      onStart: (pid) => {
        memory.watch(pid);
      },
    });
    return { seconds, peakMegabytes: memory.stop() };
  };
  const up = await run(["up", "--yes", "--skip-preview", "--suppress-progress"]);
  const preview = await run(["preview", "--expect-no-changes", "--suppress-progress"]);
  return { up, preview, resources };
}

const asked = process.argv.slice(2).map(Number);
bench(asked.length > 0 ? asked : [10, 32, 64, 100]).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
