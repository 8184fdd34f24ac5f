import { Command } from "commander";
import { decisionText } from "../core/describe/allowEntry";
import { can, type Decision } from "../core/plan/can";
import type { NodePlan } from "../core/plan/plan";
import { nearestWord } from "../core/registry/nearest";
import { formatTraffic, parseTraffic } from "../core/registry/policyTarget";
import { loadMesh, type PlannedMesh } from "../stack/plannedMesh";
import { stdoutColors } from "./colors";

interface CanOptions {
  readonly stack?: string;
  readonly json?: true;
}

/** What `fullmesh can --json` prints. */
export interface CanReport extends Decision {
  readonly stack: string;
  readonly from: string;
  readonly to: string;
  /** As in `tcp/22`, `icmp` or `*`. */
  readonly traffic: string;
  /** Whether all of it is accepted. */
  readonly can: boolean;
  /** What decides, in words. */
  readonly why: string;
}

/** `fullmesh can`: exit status 0 yes, 1 no, 2 could not tell. */
export function canCommand(): Command {
  return new Command("can")
    .description("say whether a node may reach another over the mesh, and which entry of the policy decides")
    .argument("<from>", "the node that sends")
    .argument("<to>", "the node that is reached")
    .argument("[traffic]", "tcp/22, udp/53, tcp/8000-8010, icmp or * for everything", "*")
    .option("-s, --stack <name>", "stack to look at (default: PULUMI_STACK, the only one, or the selected one)")
    .option("--json", "print one JSON object (type CanReport in cli/can.ts) and nothing else")
    .addHelpText(
      "after",
      "\nNo host is asked, and a firewall of the host's own is not known." +
        "\nExit status: 0 yes, 1 no or only in part, 2 could not tell (no such node, registry, settings or usage)",
    )
    .action((from: string, to: string, traffic: string, options: CanOptions) => {
      const report = ask(loadMesh(process.cwd(), options.stack), from, to, traffic);
      process.stdout.write(`${options.json ? JSON.stringify(report) : renderReport(report)}\n`);
      process.exitCode = report.can ? 0 : 1;
    });
}

function ask({ stack, plan, registry }: PlannedMesh, from: string, to: string, text: string): CanReport {
  const [sender, receiver] = [nodeNamed(plan.nodes, from), nodeNamed(plan.nodes, to)];
  if (sender === receiver) throw new Error(`${from} is both ends\n    fix: name two nodes`);
  if (!sender.managed && !receiver.managed)
    throw new Error(`neither ${from} nor ${to} is managed: whether they link is their owners' business`);
  const traffic = parseTraffic(text);
  if (typeof traffic === "object" && "fault" in traffic)
    throw new Error(
      `${JSON.stringify(text)} ${traffic.fault}\n    fix: ${traffic.fix ?? "write for example tcp/22, udp/53, icmp or *"}`,
    );
  const decision = can(registry.policy, sender, receiver, traffic);
  const why = decisionText(registry, receiver, decision);
  return { stack, from, to, traffic: formatTraffic(traffic), can: decision.accepted === "all", ...decision, why };
}

function nodeNamed(nodes: readonly NodePlan[], name: string): NodePlan {
  const found = nodes.find((node) => node.name === name);
  if (found !== undefined) return found;
  const names = nodes.map((node) => node.name);
  const near = nearestWord(name, names);
  throw new Error(`there is no node ${JSON.stringify(name)}${near === undefined ? "" : `; did you mean ${near}?`}`);
}

function renderReport(report: CanReport): string {
  const colors = stdoutColors();
  const answer = report.can ? colors.green("yes") : colors.red(report.accepted === "some" ? "only in part" : "no");
  return `${answer}: ${report.traffic} from ${report.from} to ${report.to}: ${report.why}`;
}
