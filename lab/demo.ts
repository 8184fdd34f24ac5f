import { execFile } from "node:child_process";
import { join } from "node:path";
import { loadMesh } from "../stack/plannedMesh";
import { devEnvironment, devStack, forgetFormerHosts, writeEnvironmentFile } from "./devStack";
import { pingReport } from "./pingReport";
import { PulumiCli } from "./pulumiCli";
import { projectFolder } from "./scratchProject";
import { prepareToolchain } from "./toolchain/toolchain";
import { labUp } from "./vm/lab";
import { stuckAfter, type Seen } from "./vm/wait";

/** `npm run demo`: from nothing to a mesh that can be looked at, with the time that each part took. */
async function demo(): Promise<number> {
  const times: [string, number][] = [];
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    console.log(`\n==> ${what}`);
    const started = Date.now();
    const result = await work();
    times.push([what, (Date.now() - started) / 1000]);
    return result;
  };
  const print = (line: string): void => {
    console.log(line);
  };

  const toolchain = await timed("toolchain", () => prepareToolchain({ progress: print }));
  console.log(toolchain.description);
  const lab = await timed("lab: four Debian hosts (12 and 13), with the packages but not their configuration", () =>
    labUp({ name: devStack, hosts: 4, from: "packaged", progress: print }),
  );
  if (await forgetFormerHosts(lab)) print("the hosts are new: the state of those before them is dropped");
  const env = devEnvironment(toolchain);
  writeEnvironmentFile(env);

  const pulumi = new PulumiCli(toolchain.pulumi, projectFolder, env);
  const show = (text: string): void => {
    process.stdout.write(text);
  };
  await timed("pulumi stack select", () =>
    pulumi.mustRun(["stack", "select", "--create", devStack], { silentSeconds: 60 }),
  );
  const up = await timed("pulumi up", () =>
    pulumi.run(["up", "--yes", "--skip-preview", "--stack", devStack], { silentSeconds: 900, onOutput: show }),
  );
  const status = await timed("fullmesh status, until the mesh is healthy", () => healthyMesh(print));
  console.log(status.output);
  const pings = await timed("ping over the overlay, all pairs, both families", () =>
    pingReport(loadMesh(projectFolder, devStack).plan, lab),
  );
  console.log(pings.text);
  console.log(routesNote);

  const good = up.status === 0 && status.healthy && pings.lost === 0;
  console.log(`\n${good ? whatNext : "The mesh is not whole: what failed is said above."}`);
  const total = times.reduce((sum, [, seconds]) => sum + seconds, 0);
  for (const [what, seconds] of [...times, ["together", total] as const]) {
    console.log(`${seconds.toFixed(1).padStart(7)} s  ${what}`);
  }
  return good ? 0 : 1;
}

/** What still was not as planned, of a mesh that comes up, is said as it changes; one that does not change for so long does not come up. */
const stuckSeconds = 60;

/** What `fullmesh status` says. */
interface MeshStatus {
  readonly healthy: boolean;
  readonly output: string;
}

/** Waits as long as the mesh comes nearer to what is planned, and gives its last status. */
async function healthyMesh(print: (line: string) => void): Promise<MeshStatus> {
  let status: MeshStatus = { healthy: false, output: "" };
  let said = "";
  const look = async (): Promise<Seen> => {
    status = await meshStatus();
    if (status.healthy) return { done: true };
    const summary = status.output.split("\n").at(-1) ?? "";
    if (summary !== said) print(summary);
    said = summary;
    return { did: summary };
  };
  await stuckAfter(stuckSeconds, 1, look);
  return status;
}

function meshStatus(): Promise<MeshStatus> {
  const args = [join(projectFolder, "bin", "fullmesh.js"), "status", "--stack", devStack];
  const env = { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: "1" }) };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: projectFolder, env }, (error, stdout, stderr) => {
      resolve({ healthy: error === null, output: (stdout || stderr).trimEnd() });
    });
  });
}

const routesNote = `"via" above, where there is one: babel measured round trips while the hosts were busy, and takes the direct way within two minutes.`;

const whatNext = `What to try next:
  . .lab/env                                  puts this pulumi and the demo's state in your shell, for the demo alone
                                              (with checkpoints off and --continue-on-error on: README, Large meshes)
  \${EDITOR:-vi} nodes/dev/tyo1.yaml           change a node (give its endpoint mtu: 1400, say), then
  npx fullmesh diff                           what that does to the mesh, in words
  pulumi preview --diff                       and in every detail
  pulumi up                                   do it
  npx fullmesh status                         the mesh as it is
  npx fullmesh web                            the same as a page, live: http://127.0.0.1:8642
  npm run lab -- cut h1 h3                    cut the link between fra1 and tyo1, and look again
  npm run lab -- heal h1 h3                   heal it
  npm run lab -- ssh h1                       log in to a host
  npm run demo:down                           take the hosts and the mesh away`;

demo().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
