import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { managedNodes } from "../core/plan/managed";
import { isLoopbackHost } from "../core/registry/addresses";
import type { MeshPlan } from "../core/plan/plan";
import { listed } from "../core/registry/listed";
import { problemAt, startOf, type Place, type Problem } from "../core/registry/problem";
import { readYaml, valueAt } from "../core/registry/yamlSource";
import { shownPath } from "./registryFolder";
import { stackFile } from "./stackFile";

/** The demo's stack. */
export const demoStack = "dev";

/** The demo's passphrase stands here for all to read, and so guards nothing but the keys of hosts that live in a VM on this computer. */
export const demoPassphrase = "worth-nothing";

/** What the engine makes of it in the configuration of the demo's stack (Pulumi.dev.yaml): whoever has this salt has that passphrase. */
const demoSalt = "v1:7Ft2QeTgag4=:v1:ytQoBk3mPSHfDWb4:BqC+ye4ATNKx5c+1HnvZgJ9xgvFmGg==";

/** Where the lab's hosts are logged in to. */
const labHost = "127.0.0.1";

/** What of the demo guards the secrets of a stack that is not the demo's, or that has other hosts than the lab's. */
export function demoProblems(
  folder: string,
  stack: string,
  plan: MeshPlan,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): readonly Problem[] {
  const found = [...salt(folder, stack), ...passphrase(folder, stack, environment)];
  if (stack !== demoStack) {
    const fix = `in a shell without the demo's .lab/env, log in to a backend of your own (pulumi login), take the line encryptionsalt out of Pulumi.${stack}.yaml, and make the stack with another passphrase: pulumi stack init ${stack}`;
    return found.map(({ place, what }) =>
      problemAt(
        place,
        `the secrets of the stack ${stack} would be guarded by the passphrase of the demo, ${what}`,
        fix,
      ),
    );
  }
  const others = managedNodes(plan).filter(({ ssh }) => ssh.host !== labHost);
  if (others.length === 0) return [];
  const hosts = listed(
    others.map(({ ssh }) => ssh.host),
    4,
  );
  const fix = `make a stack of your own for these hosts, in a shell without the demo's .lab/env: pulumi stack init prod`;
  return found.map(({ place, what }) =>
    problemAt(place, `the passphrase of the demo, ${what}, guards hosts of the lab alone, and not ${hosts}`, fix),
  );
}

/** Nodes of another stack than the demo's that are logged in to at this computer, as those are whose file was copied from the demo's and not edited. */
export function copiedNodes(stack: string, plan: MeshPlan): readonly string[] {
  if (stack === demoStack) return [];
  return managedNodes(plan)
    .filter(({ ssh }) => isLoopbackHost(ssh.host) && ssh.jump === undefined)
    .map(
      ({ name, ssh }) =>
        `${name} is logged in to at ${ssh.host} port ${ssh.port}, this computer itself: if its file is a copy of one of the demo's, edit its ssh and endpoints`,
    );
}

/** A place in which something of the demo is, and what. */
interface Finding {
  readonly place: Place;
  readonly what: string;
}

function salt(folder: string, stack: string): readonly Finding[] {
  const text = readIfThere(stackFile(folder, stack));
  const source = text === undefined ? undefined : readYaml(shownPath(stackFile(folder, stack)), text).source;
  if (source === undefined || valueAt(source.value, ["encryptionsalt"]) !== demoSalt) return [];
  return [{ place: source.valuePlace(["encryptionsalt"]), what: "whose salt this is" }];
}

/** Where the engine looks for the passphrase, in its order. */
function passphrase(
  folder: string,
  stack: string,
  { PULUMI_CONFIG_PASSPHRASE: own, PULUMI_CONFIG_PASSPHRASE_FILE: file }: Readonly<Record<string, string | undefined>>,
): readonly Finding[] {
  const place = startOf(shownPath(stackFile(folder, stack)));
  if (own !== undefined) {
    return own === demoPassphrase ? [{ place, what: "which this shell has in PULUMI_CONFIG_PASSPHRASE" }] : [];
  }
  if (file === undefined || readIfThere(resolve(folder, file))?.trim() !== demoPassphrase) return [];
  return [{ place, what: `which is in ${file} (PULUMI_CONFIG_PASSPHRASE_FILE)` }];
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
