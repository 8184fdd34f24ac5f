import { Command } from "commander";
import { forgiven, nextSecrets, stolenWith } from "../core/registry/meshSecrets";
import { nextStep, replaced, type RotationStep } from "../core/registry/rotation";
import { firstSecrets, type Registry, type RegistryNode } from "../core/registry/registry";
import { loadMesh, type PlannedMesh } from "../stack/plannedMesh";
import { secretsInFile, writeNumbers, type NumbersInFile } from "../stack/registryWriter";
import { managedByName } from "./managedByName";

interface RotateOptions {
  readonly stack?: string;
  readonly all?: true;
  readonly revoke?: true;
  readonly meshSecrets?: true;
  readonly keepMeshSecrets?: true;
}

type ManagedNode = RegistryNode & { readonly managed: true };

/** `fullmesh rotate`: exit status 0 done, 2 could not. */
export function rotateCommand(): Command {
  return new Command("rotate")
    .description("write the next step of a change of keys into the registry; `pulumi up` after each of the three")
    .argument("[nodes...]", "names of nodes")
    .option("-a, --all", "all managed nodes")
    .option(
      "--revoke",
      "for a key that was stolen: in one step, so that it is refused and its links are ended by the next `pulumi up`",
    )
    .option(
      "--mesh-secrets",
      "what all nodes share in place of nodes' keys: babel's MAC key, and what preshared keys derive from",
    )
    .option(
      "--keep-mesh-secrets",
      "with --revoke: do not ask for other mesh secrets; alone: no longer ask because of nodes that are gone or revoked",
    )
    .option(
      "-s, --stack <name>",
      "stack whose nodes they are (default: PULUMI_STACK, the only one, or the selected one)",
    )
    .addHelpText("after", "\nExit status: 0 done, 2 could not (registry, settings, no such node, usage)")
    .action((names: string[], options: RotateOptions) => {
      const mesh = loadMesh(process.cwd(), options.stack);
      process.stdout.write(`${rotate(mesh, names, options).join("\n")}\n`);
    });
}

function rotate(mesh: PlannedMesh, names: readonly string[], options: RotateOptions): readonly string[] {
  const ofNodes = options.all === true || names.length > 0;
  if (options.meshSecrets) {
    if (ofNodes || options.revoke || options.keepMeshSecrets)
      throw new Error("--mesh-secrets goes with no node and no other option");
    return takeSecretsStep(mesh);
  }
  if (options.keepMeshSecrets && !ofNodes && !options.revoke) return keepSecrets(mesh);
  if (options.keepMeshSecrets && !options.revoke)
    throw new Error("a change of nodes' keys in three steps leaves the mesh's secrets: leave out --keep-mesh-secrets");
  const nodes = chosen(mesh.registry.nodes.filter(isManaged), names, options.all === true, mesh.stack);
  return options.revoke ? revoke(mesh, nodes, options.keepMeshSecrets === true) : takeStep(mesh, nodes);
}

function isManaged(node: RegistryNode): node is ManagedNode {
  return node.managed;
}

function chosen(
  managed: readonly ManagedNode[],
  names: readonly string[],
  all: boolean,
  stack: string,
): readonly ManagedNode[] {
  if (all === names.length > 0) throw new Error("name nodes, or write --all, or --mesh-secrets");
  return all ? managed : managedByName(managed, names, stack);
}

const ofKeys: Readonly<Record<RotationStep, string>> = {
  accept: "step 1 of 3: peers accept the new key",
  use: "step 2 of 3: the new key is used, and peers still accept the former one",
  drop: "step 3 of 3: the former key is refused",
};

const ofSecrets: Readonly<Record<RotationStep, string>> = {
  accept: "step 1 of 3: the nodes accept what is made with the new secret",
  use: "step 2 of 3: the new secret is used, and what is made with the former one is still accepted",
  drop: "step 3 of 3: what is made with the former secret is refused",
};

function next(step: RotationStep): string {
  return step === "drop"
    ? "next: pulumi up, and it is done"
    : "next: pulumi up; when it has gone well, the same command again";
}

function takeStep({ settings }: PlannedMesh, nodes: readonly ManagedNode[]): readonly string[] {
  const { step, keys } = nextStep(new Map(nodes.map((node) => [node.name, node.keys])));
  const changes = nodes.flatMap((node) => {
    const now = keys.get(node.name);
    return now === undefined ? [] : [{ node, now }];
  });
  writeNumbers(settings, changes.map(keysInFile));
  return [ofKeys[step], ...changes.map(keysLine), next(step)];
}

function takeSecretsStep({ registry, settings }: PlannedMesh): readonly string[] {
  const { step, secrets } = nextSecrets(registry);
  writeNumbers(settings, [secretsInFile(settings, secrets)]);
  return [ofSecrets[step], `  secrets ${list(numbersOf(registry))} -> ${list(secrets.numbers)}`, next(step)];
}

/**
 * The secrets that a thief has are left for the `up` after the one that refuses his key: their first step restarts babeld on one node after the other, which this
 * must not wait for.
 */
function revoke({ registry, settings }: PlannedMesh, nodes: readonly ManagedNode[], keeps: boolean): readonly string[] {
  const changes = nodes.map((node) => ({ node, now: replaced(node.keys) }));
  const ids = nodes.map(({ id }) => id);
  const known = keeps ? [] : [secretsInFile(settings, stolenWith(registry, ids))];
  writeNumbers(settings, [...changes.map(keysInFile), ...known]);
  const lines = ["another key, and the former one is refused", ...changes.map(keysLine), "next: pulumi up"];
  if (keeps) return lines;
  return [
    ...lines,
    "then, as whoever has the key knows what all nodes share: fullmesh rotate --mesh-secrets and pulumi up, three times (--keep-mesh-secrets leaves it)",
  ];
}

function keepSecrets({ registry, settings }: PlannedMesh): readonly string[] {
  writeNumbers(settings, [secretsInFile(settings, forgiven(registry))]);
  return [`the mesh's secrets ${list(numbersOf(registry))} stay, known to nodes that are gone or revoked`];
}

/** Other keys for a node. */
interface KeyChange {
  readonly node: ManagedNode;
  readonly now: readonly number[];
}

function keysInFile({ node, now }: KeyChange): NumbersInFile {
  return { file: node.file, lists: { keys: now } };
}

function keysLine({ node, now }: KeyChange): string {
  return `  ${node.name}: keys ${list(node.keys)} -> ${list(now)}`;
}

function numbersOf({ secrets = firstSecrets }: Registry): readonly number[] {
  return secrets.numbers;
}

function list(numbers: readonly number[]): string {
  return `[${numbers.join(", ")}]`;
}
