import { spawn } from "node:child_process";
import { once } from "node:events";
import { Command, InvalidArgumentError, Option } from "commander";
import pc from "picocolors";
import type { AddressFamily } from "../core/registry/registry";
import { findLab, labDown, labUp, type Lab } from "./vm/lab";
import { buildKernel, describeKernel, umlKernel } from "./vm/uml/kernel/buildKernel";
import { families } from "./vm/underlay";
import { Steps } from "./progress";

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || value.trim() === "") throw new InvalidArgumentError("It must be a whole number.");
  return number;
}

interface Named {
  readonly name: string;
}

/** Does `work` on the lab that runs, and ends the connections it took. */
async function onLab({ name }: Named, work: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = findLab(name);
  if (lab === undefined) throw new Error(`lab ${name} does not run: npm run lab -- up --name ${name}`);
  try {
    await work(lab);
  } finally {
    lab.close();
  }
}

/** Is aborted when this program is to end. */
function interruption(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // Not once: with Ctrl-C both the terminal and npm send it, and the second one would end this program in the midst of its cleaning up.
    process.on(signal, () => {
      interrupted.abort(new Error(`interrupted (${signal}): nothing is left running`));
    });
  }
  return interrupted.signal;
}

async function up(options: Named & { readonly hosts?: number; readonly portBase?: number }): Promise<void> {
  const lab = await labUp({ ...options, progress: console.log, signal: interruption() });
  lab.close();
  for (const { name, sshPort, ip4, ip6 } of lab.hosts) {
    console.log(`  ${name}  ssh 127.0.0.1:${sshPort}  ${ip4}  ${ip6}`);
  }
}

async function down({ name }: Named): Promise<void> {
  console.log((await labDown(name)) ? `lab ${name} is down` : `lab ${name} did not run`);
}

/** With ssh(1), for its terminal. */
async function ssh(host: string, command: string[], options: Named & { readonly user: string }): Promise<void> {
  await onLab(options, async (lab) => {
    const settings = [`UserKnownHostsFile=${lab.knownHostsFile}`, "StrictHostKeyChecking=yes", "IdentitiesOnly=yes"];
    const args = ["-F", "none", "-i", lab.keyFile, "-p", String(lab.sshPort(host))];
    const child = spawn(
      "ssh",
      [...args, ...settings.flatMap((setting) => ["-o", setting]), `${options.user}@127.0.0.1`, ...command],
      { stdio: "inherit" },
    );
    const [code] = (await once(child, "exit")) as [number | null];
    process.exitCode = code ?? 255;
  });
}

async function status(options: Named): Promise<void> {
  await onLab(options, async (lab) => {
    const silent = await lab.silentHosts(5);
    const { accelerator, portBase, image } = lab.state;
    console.log(`lab ${lab.name}: ${accelerator}, image ${image}, VM's SSH on 127.0.0.1:${portBase}`);
    for (const { name, sshPort, ip4, ip6 } of lab.hosts) {
      const answer = silent.includes(name) ? pc.red("no answer") : pc.green("answers");
      console.log(`  ${name}  ${answer}  ssh 127.0.0.1:${sshPort}  ${ip4}  ${ip6}`);
    }
    for (const fault of await lab.faults()) {
      console.log(
        `  ${fault.a} - ${fault.b}  ${fault.kind === "cut" ? `cut (${fault.families.join(", ")})` : `delayed by ${fault.milliseconds} ms`}`,
      );
    }
    if (silent.length > 0) process.exitCode = 1;
  });
}

async function kernel(): Promise<void> {
  const before = umlKernel();
  const path = before ?? (await buildKernel(new Steps(console.log), interruption()));
  const { linux, bytes, sha256 } = describeKernel(path);
  console.log(`${path}${before === undefined ? "" : " (built before)"}`);
  console.log(`  Linux ${linux}, ${(bytes / 1e6).toFixed(1)} MB, SHA-256 ${sha256}`);
}

const program = new Command("lab")
  .description("Real Debian hosts in one VM on this machine, for the demo and the tests.")
  .enablePositionalOptions();

function verb(usage: string, description: string): Command {
  return program.command(usage).description(description).option("--name <name>", "which lab", "dev");
}

verb("up", "start the hosts, building the image if there is none")
  .option("--hosts <count>", "how many, up to 8 (default: those that run, or 4)", wholeNumber)
  .option("--port-base <port>", "the VM's SSH port; the hosts' follow (needed for names but dev and test)", wholeNumber)
  .action(up);
verb("down", "stop them and forget all they did").action(down);
verb("ssh <host> [command...]", "log in to a host, or to the vm")
  .option("--user <user>", "root or operator", "root")
  .passThroughOptions()
  .action(ssh);
verb("reset", "put all hosts and links into the state after their first boot").action((options: Named) =>
  onLab(options, (lab) => lab.reset()),
);
verb("cut <a> <b>", "let the link between two hosts die silently")
  .addOption(new Option("--family <family>", "only this address family (default: both)").choices(families))
  .action((a: string, b: string, options: Named & { readonly family?: AddressFamily }) =>
    onLab(options, async (lab) => {
      await lab.cut(a, b, options.family === undefined ? families : [options.family]);
      console.log(`${a} - ${b} is cut; heal it with: npm run lab -- heal ${a} ${b}`);
    }),
  );
verb("heal <a> <b>", "end a cut").action((a: string, b: string, options: Named) =>
  onLab(options, async (lab) => {
    await lab.heal(a, b);
    console.log(`${a} - ${b} is whole`);
  }),
);
verb("delay <a> <b> <ms>", "delay what two hosts send each other, each way; 0 ends it").action(
  (a: string, b: string, ms: string, options: Named) => onLab(options, (lab) => lab.delay(a, b, wholeNumber(ms))),
);
program
  .command("kernel")
  .description("build the User-Mode Linux kernel for the lab, if there is none, and show it")
  .action(kernel);
verb("status", "show hosts and faults; exit status 1 if a host does not answer").action(status);

program.parseAsync().catch((error: unknown) => {
  console.error(pc.red(error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
});
