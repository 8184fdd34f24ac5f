import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { Command } from "commander";
import { z } from "zod";
import { managedNodes } from "../core/plan/managed";
import type { MeshPlan } from "../core/plan/plan";
import { keyName } from "../core/plan/keyName";
import { secretName, type SecretKind } from "../core/plan/secretName";
import { formatProblem } from "../core/registry/problem";
import type { StackSettings } from "../core/registry/settings";
import { demoProblems } from "../stack/demo";
import { loadMesh, type PlannedMesh } from "../stack/plannedMesh";

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
      process.exitCode = up(loadMesh(process.cwd(), options.stack), args);
    });
}

/**
 * A run that is killed loses the record of what it has made, and all of that the next run makes again without harm, but for keys that hosts have by then. So
 * keys are made and saved by a run of their own, which touches no host.
 */
function up({ folder, stack, plan, settings }: PlannedMesh, args: readonly string[]): number {
  const ofDemo = demoProblems(folder, stack, plan);
  if (ofDemo.length > 0)
    throw new Error(`no host was changed; fix these first:\n${ofDemo.map(formatProblem).join("\n")}`);
  const missing = missingSecrets(plan, settings, urnsOf(folder, stack));
  if (missing.length > 0) {
    const targets = missing.flatMap((pattern) => ["--target", pattern]);
    const saved = pulumi(folder, stack, ["up", "--yes", "--skip-preview", ...targets], quiet);
    if (saved.status !== 0)
      throw new Error(`new keys could not be saved, and no host was changed:\n${saved.stdout}${saved.stderr}`);
  }
  const env = { PULUMI_SKIP_CHECKPOINTS: "true" };
  return pulumi(folder, stack, ["up", "--continue-on-error", ...args], { stdio: "inherit", env }).status ?? 1;
}

/** URN patterns of the secrets that the plan needs and the state does not have, and of what they belong to. */
function missingSecrets(plan: MeshPlan, { keySource }: StackSettings, urns: readonly string[]): readonly string[] {
  const lacks = (ending: string): boolean => !urns.some((urn) => urn.endsWith(ending));
  const needsPpk = plan.links.some(({ a }) => a.ppkId !== undefined);
  const kinds: readonly SecretKind[] = needsPpk ? ["babel-mac", "ppk"] : ["babel-mac"];
  const passwords = kinds.flatMap((kind) => plan.secrets.map((number) => secretName(kind, number)));
  const secrets = [
    ...passwords.map((name) => `RandomPassword::${name}`).filter(lacks),
    // One that is born on a node is there when it is asked for again.
    ...(keySource === "node" ? [] : managedNodes(plan)).flatMap(({ name, keys }) => {
      const missing = keys.map((key) => `PrivateKey::${keyName(name, key)}`).filter(lacks);
      return missing.length === 0 ? [] : [...[`$fullmesh:index:Node::${name}`].filter(lacks), ...missing];
    }),
  ];
  if (secrets.length === 0) return [];
  const mesh = urns.some((urn) => urn.includes("::fullmesh:index:Mesh::")) ? [] : ["::fullmesh:index:Mesh::*"];
  return [...mesh, ...secrets].map((ending) => `**${ending}`);
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
