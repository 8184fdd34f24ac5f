import { hostError } from "../core/describe/hostError";
import { Command } from "commander";
import { managedNodes } from "../core/plan/managed";
import type { ManagedNode } from "../core/plan/plan";
import { hostPaths } from "../core/render/hostFile";
import { sshAccess } from "../ssh/access";
import { SshError } from "../ssh/failure";
import { withSshPool, type SshPool } from "../ssh/pool";
import { loadMesh, type PlannedMesh } from "../stack/plannedMesh";
import { managedByName } from "./managedByName";

/** Charon is given 20 seconds to take leave of its peers, and another change on the node a minute to end. */
const switchSeconds = 120;

interface SwitchOptions {
  readonly stack?: string;
  readonly open?: boolean;
}

/** What the script `switch` is told. */
type SwitchWords = "on" | "off" | "off --open";

/** `fullmesh stop`: exit status 0 done on all, 1 not on all, 2 could not begin. */
export function stopCommand(): Command {
  return switchCommand(
    "stop",
    "stop the mesh on nodes at once, without a deploy; it stays off over a boot",
    "\nWhat a stopped node sends to the overlay is refused, and does not leave in clear.",
    ({ open }) => (open === true ? "off --open" : "off"),
  ).option(
    "--open",
    "take away what refuses it, too (rules, unreachable routes): what is for the overlay then goes by the default route, in clear",
  );
}

/** `fullmesh start`: exit status as of `stop`. */
export function startCommand(): Command {
  return switchCommand("start", "start the mesh again on nodes where it was stopped", "", () => "on");
}

function switchCommand(
  name: string,
  description: string,
  help: string,
  wordsFor: (options: SwitchOptions) => SwitchWords,
): Command {
  return new Command(name)
    .description(description)
    .argument("<nodes...>", "names of nodes")
    .option(
      "-s, --stack <name>",
      "stack whose nodes they are (default: PULUMI_STACK, the only one, or the selected one)",
    )
    .addHelpText(
      "after",
      `${help}\nUntil a stopped node is started again, a deploy to it is refused.` +
        "\nExit status: 0 done, 1 not on all of the nodes, 2 could not (registry, settings, no such node, usage)",
    )
    .action(async (names: string[], options: SwitchOptions) => {
      process.exitCode = await switchNodes(names, wordsFor(options), options.stack);
    });
}

async function switchNodes(names: readonly string[], to: SwitchWords, asked: string | undefined): Promise<number> {
  const { stack, plan, settings } = loadOrPointToHosts(asked, to);
  const nodes = managedByName(managedNodes(plan), names, stack);
  const failures = await withSshPool(await sshAccess(settings), settings.parallelism, (pool) =>
    Promise.all(nodes.map((node) => failureToSwitch(node, to, pool))),
  );
  for (const [index, { name }] of nodes.entries()) {
    process.stdout.write(
      `${failures[index] ?? `${name}: the mesh is ${to === "off --open" ? "off, and what is for it may leave in clear" : to}`}\n`,
    );
  }
  return failures.every((failure) => failure === undefined) ? 0 : 1;
}

/** Nobody in need of the switch should first have to mend a file. */
function loadOrPointToHosts(asked: string | undefined, to: SwitchWords): PlannedMesh {
  try {
    return loadMesh(process.cwd(), asked);
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    throw new Error(`${fault}\n    at once, on the node itself: ${hostPaths.scripts}/switch NODE ${to}`);
  }
}

/** Why it could not be done; nothing if it was. */
async function failureToSwitch(node: ManagedNode, to: SwitchWords, pool: SshPool): Promise<string | undefined> {
  try {
    const { status, stderr } = await pool.runAsRoot(node, `${hostPaths.scripts}/switch ${node.name} ${to}`, {
      timeoutSeconds: switchSeconds,
    });
    return status === 0
      ? undefined
      : `${node.name}: ${hostError(stderr).replace(/^[^:]*: /, "") || `status ${status ?? "none"}`}`;
  } catch (error) {
    if (error instanceof SshError) return error.message;
    throw error;
  }
}
