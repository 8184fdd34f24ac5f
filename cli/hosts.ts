import { Command, Option } from "commander";
import { hostNames, type HostNames } from "../core/names/hostNames";
import { hostsLines } from "../core/names/hostsFile";
import { zoneRecords, type ZonePart } from "../core/names/zone";
import { setCommand } from "../core/registry/settingsSchema";
import { loadMesh, type PlannedMesh } from "../stack/plannedMesh";

interface HostsOptions {
  readonly stack?: string;
  readonly format: "hosts" | "zone" | "json";
  readonly reverse?: "4" | "6";
}

/** What `fullmesh hosts --format json` prints. */
export interface HostsReport {
  readonly version: 1;
  readonly stack: string;
  /** Null where the nodes have bare names alone. */
  readonly domain: string | null;
  /** By the node's name, as the stack output `hosts`. */
  readonly hosts: Readonly<Record<string, HostNames>>;
}

const help = `
hosts  lines for /etc/hosts (hosts(5)); without a domain, with bare names
zone   A and AAAA records of the domain; with --reverse 4 or 6, the PTR records of that overlay network, which belong
       to a zone of their own. They have an $ORIGIN, and no SOA and NS: include each in a zone of yours, as in
         $TTL 300
         @ IN SOA ns1.example.net. hostmaster.example.net. 1 3600 600 604800 300
         @ IN NS ns1.example.net.
         $INCLUDE mesh.zone
       and raise the serial number with each change. See what you have with: named-checkzone mesh.example.net FILE
json   one JSON object (type HostsReport in cli/hosts.ts)

Nodes that are not managed are among them. Exit status: 0 done, 2 could not (no domain, registry, settings or usage)`;

/** `fullmesh hosts`: exit status 0 done, 2 could not. */
export function hostsCommand(): Command {
  return new Command("hosts")
    .description("print the names of the nodes with their overlay addresses, as a hosts file or records of a zone")
    .option("-s, --stack <name>", "stack to print (default: PULUMI_STACK, the only one, or the selected one)")
    .addOption(new Option("-f, --format <format>", "what to print").choices(["hosts", "zone", "json"]).default("hosts"))
    .addOption(new Option("--reverse <family>", "of a zone: the PTR records of a family").choices(["4", "6"]))
    .addHelpText("after", help)
    .action((options: HostsOptions) => {
      if (options.reverse !== undefined && options.format !== "zone") {
        throw new Error("--reverse is for a zone\n    fix: --format zone --reverse 4");
      }
      process.stdout.write(`${printed(loadMesh(process.cwd(), options.stack), options)}\n`);
    });
}

function printed({ stack, plan, settings: { domain } }: PlannedMesh, { format, reverse }: HostsOptions): string {
  const hosts = hostNames(plan, domain);
  switch (format) {
    case "hosts":
      return [`# names of the mesh ${stack}, by fullmesh hosts`, ...hostsLines(hosts)].join("\n");
    case "json": {
      const report: HostsReport = { version: 1, stack, domain: domain ?? null, hosts: Object.fromEntries(hosts) };
      return JSON.stringify(report);
    }
    case "zone":
      return zoneRecords(plan, domain ?? refuse(stack), partOf(reverse)).join("\n");
  }
}

function partOf(reverse: HostsOptions["reverse"]): ZonePart {
  if (reverse === undefined) return "names";
  return reverse === "4" ? "ip4" : "ip6";
}

function refuse(stack: string): never {
  throw new Error(
    `a zone is of a domain, and stack ${stack} has none\n    fix: ${setCommand("domain", "mesh.example.net")} --stack ${stack}`,
  );
}
