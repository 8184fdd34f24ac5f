import { linkNameOf } from "../plan/connectionName";
import { managedNodes } from "../plan/managed";
import type { ManagedNode, MeshPlan } from "../plan/plan";
import { hostPaths, managedByLine, unitFile, type HostFile } from "./hostFile";

/** Seconds between two runs of the script `metrics`, which scrapes of a minute or half of one fit. */
const everySeconds = 30;

/**
 * What writes the node's metrics where the setting asks for it: a timer, and a table of what is planned, for each link and route has a series also when it is away. The
 * names of the metrics are those of core/metrics. Another table restarts nothing, as the script reads it at each run.
 */
export function metrics(plan: MeshPlan, node: ManagedNode): readonly HostFile[] {
  if (plan.metrics === "none") return [];
  return [
    { path: hostPaths.metrics, mode: "0644", content: table(plan, node) },
    unitFile(
      "fullmesh-metrics.service",
      `[Unit]
Description=fullmesh: writes metrics for node_exporter's textfile collector

[Service]
Type=oneshot
ExecStart=${hostPaths.scripts}/metrics write
TimeoutStartSec=60
# Not each of its starts in the journal.
LogLevelMax=notice
SyslogLevel=notice
`,
    ),
    unitFile(
      "fullmesh-metrics.timer",
      `[Unit]
Description=fullmesh: writes metrics again and again

[Timer]
OnActiveSec=1
OnUnitInactiveSec=${everySeconds}
AccuracySec=1

[Install]
WantedBy=timers.target
`,
    ),
  ];
}

function table(plan: MeshPlan, node: ManagedNode): string {
  const peers = managedNodes(plan).filter(({ name }) => name !== node.name);
  return `${managedByLine}
# node NAME ISOLATION ORGANIZATION
node ${node.name} ${node.isolation} ${node.organization}
# route ADDRESS
${peers.map(({ overlay }) => `route ${overlay.ipv4}\nroute ${overlay.ipv6}\n`).join("")}# link INTERFACE IF_ID MTU PEER FAMILY ROLE LINK
${node.connections
  .map((connection) => {
    const { name, ifId, mtuBytes, remote, family, initiates } = connection;
    const role = initiates ? "initiator" : "responder";
    return `link ${name} ${ifId} ${mtuBytes} ${remote.node} ${family} ${role} ${linkNameOf(connection)}\n`;
  })
  .join("")}`;
}
