import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { Command } from "commander";
import { z } from "zod";
import { managedNodes } from "../core/plan/managed";
import type { MeshPlan } from "../core/plan/plan";
import { keyName } from "../core/plan/keyName";
import { loadMesh } from "../stack/plannedMesh";

interface UpOptions {
  readonly stack?: string;
}

/** `fullmesh up`: exit status as of `pulumi up`; 2 could not begin. */
export function upCommand(): Command {
  return new Command("up")
    .description(
      "`pulumi up` for meshes of any size: new keys are saved first, then all else is deployed and saved once",
    )
    .argument("[arguments...]", "for `pulumi up`, after --: for example -- --yes")
    .option("-s, --stack <name>", "stack to deploy (default: PULUMI_STACK, the only one, or the selected one)")
    .addHelpText(
      "after",
      "\nWhat it does differently: no checkpoint for each resource, whose cost grows with the square of the mesh; a node that fails holds up no other." +
        "\nExit status: as of `pulumi up`, 2 could not begin (registry, settings, no pulumi, usage)",
    )
    .action((args: string[], options: UpOptions) => {
      const { folder, stack, plan } = loadMesh(process.cwd(), options.stack);
      process.exitCode = up(folder, stack, plan, args);
    });
}

/**
 * A run that is killed loses the record of what it has made, and all of that the next run makes again without harm, but for keys that hosts have by then. So
 * keys are made and saved by a run of their own, which touches no host.
 */
function up(folder: string, stack: string, plan: MeshPlan, args: readonly string[]): number {
  const targets = missingSecrets(plan, urnsOf(folder, stack));
  if (targets.length > 0) {
    const options = targets.flatMap((target) => ["--target", target]);
    const saved = pulumi(folder, stack, ["up", "--yes", "--skip-preview", ...options], { checkpoints: true });
    if (saved.status !== 0)
      throw new Error(`new keys could not be saved, and no host was touched:\n${saved.stdout}${saved.stderr}`);
  }
  const result = pulumi(folder, stack, ["up", "--continue-on-error", ...args], { checkpoints: false });
  return result.status ?? 1;
}

/** URN patterns of the secrets that the state does not have, and of the nodes that they belong to. */
function missingSecrets(plan: MeshPlan, urns: readonly string[]): readonly string[] {
  const has = (ending: string): boolean => urns.some((urn) => urn.endsWith(ending));
  const passwords = ["babel-mac", ...(plan.links.some(({ a }) => a.ppkId !== undefined) ? ["ppk"] : [])]
    .map((name) => `RandomPassword::${name}`)
    .filter((ending) => !has(ending));
  const nodes = managedNodes(plan).filter(({ name, keys }) =>
    keys.some((key) => !has(`PrivateKey::${keyName(name, key)}`)),
  );
  if (passwords.length === 0 && nodes.length === 0) return [];
  const keys = nodes.flatMap(({ name, keys: numbers }) => [
    ...(has(`$fullmesh:index:Node::${name}`) ? [] : [`$fullmesh:index:Node::${name}`]),
    ...numbers.map((key) => `PrivateKey::${keyName(name, key)}`),
  ]);
  const mesh = urns.some((urn) => urn.includes("::fullmesh:index:Mesh::")) ? [] : ["::fullmesh:index:Mesh::*"];
  return [...mesh, ...passwords, ...keys].map((ending) => `**${ending}`);
}

const exportSchema = z.object({
  deployment: z.object({ resources: z.array(z.object({ urn: z.string() })).optional() }).nullable(),
});

/** Of all that the state has. */
function urnsOf(folder: string, stack: string): readonly string[] {
  const { status, stdout, stderr } = pulumi(folder, stack, ["stack", "export"], { checkpoints: true });
  if (status !== 0) throw new Error(`the state cannot be read: ${stderr}`);
  return (exportSchema.parse(JSON.parse(stdout)).deployment?.resources ?? []).map(({ urn }) => urn);
}

/** What saves checkpoints is not for the operator to see, who sees and answers the other. */
function pulumi(
  folder: string,
  stack: string,
  args: readonly string[],
  { checkpoints }: { readonly checkpoints: boolean },
): SpawnSyncReturns<string> {
  const result = spawnSync("pulumi", [...args, "--stack", stack], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, PULUMI_SKIP_CHECKPOINTS: String(!checkpoints) },
    stdio: checkpoints ? ["ignore", "pipe", "pipe"] : "inherit",
    maxBuffer: 1024 ** 3,
  });
  if (result.error !== undefined) throw new Error(`pulumi cannot be run: ${result.error.message}`);
  return result;
}
