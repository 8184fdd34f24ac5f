import { Command } from "commander";
import { z } from "zod";
import { exportRanet, type KeysInUse } from "../core/ranet/exportRanet";
import { publicKeyFault, publicKeyOf } from "../core/registry/publicKey";
import type { Registry } from "../core/registry/registry";
import { loadMesh } from "../stack/plannedMesh";
import { readInput } from "./input";

interface ExportOptions {
  readonly stack?: string;
  readonly keys: string;
}

/** `fullmesh export`: exit status 0 done, 2 could not. */
export function exportCommand(): Command {
  return new Command("export")
    .description("print the registry as ranet's registry.json, for those who run nodes of their own")
    .requiredOption("-k, --keys <file>", "what `pulumi stack output publicKeys --json` prints; - for standard input")
    .option("-s, --stack <name>", "stack to export (default: PULUMI_STACK, the only one, or the selected one)")
    .addHelpText(
      "after",
      "\nThere is an entry for each key: nodes of ours have one each, and ranet takes several entries of one organization." +
        "\nExit status: 0 done, 2 could not (registry, settings, keys or usage)",
    )
    .action(async (options: ExportOptions) => {
      const { registry, stack } = loadMesh(process.cwd(), options.stack);
      const keys = keysIn(options.keys, await readInput(options.keys));
      const missing = nodesWithoutKey(registry, keys);
      if (missing.length > 0) {
        throw new Error(
          `${options.keys} has no public key of ${missing.join(", ")}\n    fix: pulumi up, then pulumi stack output publicKeys --json --stack ${stack}`,
        );
      }
      process.stdout.write(`${JSON.stringify(exportRanet(registry, keys), null, 2)}\n`);
    });
}

function nodesWithoutKey({ nodes }: Registry, keys: KeysInUse): readonly string[] {
  return nodes.filter(({ name, managed }) => managed && !Object.hasOwn(keys, name)).map(({ name }) => name);
}

function keysIn(file: string, text: string): KeysInUse {
  const keys = z.record(z.string(), z.string()).safeParse(parsed(text)).data;
  if (keys === undefined) {
    throw new Error(
      `${file} is no JSON of public keys by node\n    fix: pulumi stack output publicKeys --json, into this file`,
    );
  }
  return Object.fromEntries(
    Object.entries(keys).map(([name, key]) => {
      const found = publicKeyFault(key);
      if (found) throw new Error(`${file}: the key of ${name} is no ed25519 public key: ${found.fault}`);
      return [name, publicKeyOf(key)];
    }),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
