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
 * keys are made and saved by a run of their own, which touches no host. A key that is in use at once, as in place of a stolen one, is different: what there is
 * already comes to depend on it, which the engine (3.259) does not save in such a run. Then all is saved as it is made.
 */
function up(folder: string, stack: string, plan: MeshPlan, args: readonly string[]): number {
  const secrets = missingSecrets(plan, urnsOf(folder, stack));
  if (secrets.patterns.length > 0) {
    const options = secrets.patterns.flatMap((pattern) => ["--target", pattern]);
    const saved = pulumi(folder, stack, ["up", "--yes", "--skip-preview", ...options], quiet);
    if (saved.status !== 0)
      throw new Error(`new keys could not be saved, and no host was touched:\n${saved.stdout}${saved.stderr}`);
  }
  const env = { PULUMI_SKIP_CHECKPOINTS: String(!secrets.usedAtOnce) };
  return pulumi(folder, stack, ["up", "--continue-on-error", ...args], { stdio: "inherit", env }).status ?? 1;
}

interface MissingSecrets {
  /** URN patterns of those that can be made by themselves, and of what they belong to. */
  readonly patterns: readonly string[];
  /** Whether a node that the state has is to use a key that it does not have. */
  readonly usedAtOnce: boolean;
}

/** What the plan needs and the state does not have. */
function missingSecrets(plan: MeshPlan, urns: readonly string[]): MissingSecrets {
  const has = (ending: string): boolean => urns.some((urn) => urn.endsWith(ending));
  const hasKey = (node: string, key: number | undefined): boolean =>
    key !== undefined && has(`PrivateKey::${keyName(node, key)}`);
  const nodeEnding = (name: string): string => `$fullmesh:index:Node::${name}`;
  const passwords = ["babel-mac", ...(plan.links.some(({ a }) => a.ppkId !== undefined) ? ["ppk"] : [])]
    .map((name) => `RandomPassword::${name}`)
    .filter((ending) => !has(ending));
  const nodes = managedNodes(plan).filter(({ name, keys }) => keys.some((key) => !hasKey(name, key)));
  const hadAnother = (name: string): boolean =>
    hasKey(name, 1) || urns.some((urn) => urn.includes(`PrivateKey::${name}.key`));
  if (nodes.some(({ name, keys }) => !hasKey(name, keys[0]) && hadAnother(name)))
    return { patterns: [], usedAtOnce: true };
  const keys = nodes.flatMap(({ name, keys: numbers }) => [
    ...(has(nodeEnding(name)) ? [] : [nodeEnding(name)]),
    ...numbers.map((key) => `PrivateKey::${keyName(name, key)}`),
  ]);
  const mesh = urns.some((urn) => urn.includes("::fullmesh:index:Mesh::")) ? [] : ["::fullmesh:index:Mesh::*"];
  const missing = [...passwords, ...keys];
  return {
    patterns: missing.length === 0 ? [] : [...mesh, ...missing].map((ending) => `**${ending}`),
    usedAtOnce: false,
  };
}

const exportSchema = z.object({
  deployment: z.object({ resources: z.array(z.object({ urn: z.string() })).optional() }).nullable(),
});

/** Of all that the state has. */
function urnsOf(folder: string, stack: string): readonly string[] {
  const { status, stdout, stderr } = pulumi(folder, stack, ["stack", "export"], quiet);
  if (status !== 0) throw new Error(`the state cannot be read: ${stderr}`);
  return (exportSchema.parse(JSON.parse(stdout)).deployment?.resources ?? []).map(({ urn }) => urn);
}

interface Run {
  readonly stdio: "inherit" | ["ignore", "pipe", "pipe"];
  readonly env: Readonly<Record<string, string>>;
}

/** Not for the operator to see, and saved as it goes. */
const quiet: Run = { stdio: ["ignore", "pipe", "pipe"], env: { PULUMI_SKIP_CHECKPOINTS: "false" } };

function pulumi(folder: string, stack: string, args: readonly string[], { stdio, env }: Run): SpawnSyncReturns<string> {
  const result = spawnSync("pulumi", [...args, "--stack", stack], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, ...env },
    stdio,
    maxBuffer: 1024 ** 3,
  });
  if (result.error !== undefined) throw new Error(`pulumi cannot be run: ${result.error.message}`);
  return result;
}
