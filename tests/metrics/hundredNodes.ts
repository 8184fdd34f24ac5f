import { meshExposition } from "../../core/metrics/meshMetrics";
import { compareWithPlan, type NodeAnswer } from "../../core/observe/compareWithPlan";
import { parseObservation } from "../../core/observe/parseObservation";
import { managedNodes } from "../../core/plan/managed";
import { planMesh } from "../../core/plan/planMesh";
import { settings } from "../plan/arbitraryMesh";
import { labNode } from "../plan/labNode";
import { simulatedAnswer } from "./simulatedAnswer";

/**
 * A process of its own, for its memory: the metrics of a mesh whose nodes' answers come one after another, as text. It prints the metrics, and to stderr as JSON how long
 * it took and the most memory that it had.
 *
 *     hundredNodes.ts NODES TRANSIT_NODES
 */
const [nodes = 0, transit = 0] = process.argv.slice(2).map(Number);

const registry = {
  nodes: Array.from({ length: nodes }, (_, index) =>
    labNode(index + 1, `n${index + 1}`, { tags: index < transit ? ["hub"] : [] }),
  ),
  retired: [],
  policy: { leaves: [], exclude: [], transit: ["hub"] },
};
const plan = planMesh(registry, settings);
const started = process.hrtime.bigint();
const answers = new Map<string, NodeAnswer>();
let simulatedNanoseconds = 0n;
for (const node of managedNodes(plan)) {
  const before = process.hrtime.bigint();
  const text = simulatedAnswer(plan, node);
  simulatedNanoseconds += process.hrtime.bigint() - before;
  answers.set(node.name, { kind: "answered", observation: parseObservation(text) });
}
const health = compareWithPlan(plan, answers);
for (const part of meshExposition(plan, health, { stack: "many", atSeconds: 1795470920 })) process.stdout.write(part);
const seconds = Number(process.hrtime.bigint() - started - simulatedNanoseconds) / 1e9;
const megabytes = process.resourceUsage().maxRSS / 1024;
process.stderr.write(`${JSON.stringify({ healthy: health.healthy, seconds, megabytes })}\n`);
