import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Table from "cli-table3";
import { runsTypeScript, ScratchProject } from "../lab/scratchProject";
import { PeakMemory } from "./memory";

const stack = "bench";

/**
 * `npm run bench:commands [-- N ...]`: what the commands take that look at files alone, for a mesh of N nodes in a git repository, of which the last one is not
 * committed yet.
 */
async function bench(sizes: readonly number[]): Promise<void> {
  const table = new Table({ head: ["nodes", "command", "time", "peak memory"], style: { head: [], border: [] } });
  for (const nodes of sizes) {
    const project = new ScratchProject(stack);
    try {
      writeMesh(project, nodes);
      for (const command of ["validate", "diff"]) {
        const { seconds, peakMegabytes } = await measure(project, [command, "--stack", stack]);
        table.push([nodes, `fullmesh ${command}`, `${seconds.toFixed(1)} s`, `${peakMegabytes} MB`]);
      }
    } finally {
      project.remove();
    }
  }
  console.log(table.toString());
}

function writeMesh(project: ScratchProject, nodes: number): void {
  const settings = { overlayIpv4: "10.44.0.0/16", overlayIpv6: "fd44::/48" };
  writeFileSync(
    project.stackFile,
    JSON.stringify({
      config: Object.fromEntries(Object.entries(settings).map(([key, value]) => [`fullmesh:${key}`, value])),
    }),
  );
  for (let id = 1; id < nodes; id++) writeNode(project, id);
  const git = (...args: readonly string[]): void => {
    execFileSync("git", ["-c", "user.name=bench", "-c", "user.email=bench@localhost", ...args], {
      cwd: project.folder,
    });
  };
  git("init", "--quiet");
  git("add", "Pulumi.yaml", `Pulumi.${stack}.yaml`, "nodes");
  git("commit", "--quiet", "--message", "mesh");
  writeNode(project, nodes);
}

function writeNode(project: ScratchProject, id: number): void {
  const address = `192.0.${2 + Math.floor(id / 250)}.${id % 250}`;
  project.writeNode(`n${id}`, {
    id,
    organization: "bench",
    commonName: `n${id}`,
    ssh: { host: address },
    endpoints: [{ serial: 0, family: "ip4", address, port: 4500 }],
  });
}

async function measure(
  project: ScratchProject,
  args: readonly string[],
): Promise<{ readonly seconds: number; readonly peakMegabytes: number }> {
  const memory = new PeakMemory();
  const started = Date.now();
  const child = spawn(
    process.execPath,
    ["--require", runsTypeScript, join(project.folder, "cli", "main.ts"), ...args],
    {
      cwd: project.folder,
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  if (child.pid !== undefined) memory.watch(child.pid);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  const peakMegabytes = memory.stop();
  if (status !== 0) throw new Error(`fullmesh ${args.join(" ")} ended with status ${status}:\n${output}`);
  return { seconds: (Date.now() - started) / 1000, peakMegabytes };
}

const sizes = process.argv.slice(2).map(Number);
void bench(sizes.length > 0 ? sizes : [100, 400]);
