import type { LinkHealth, MeshHealth, NodeHealth } from "../observe/health";
import type { MeshPlan } from "../plan/plan";
import { plannedLink, plannedNode } from "./ofPlan";
import type { Picture, PictureLink, PictureNode } from "./picture";
import { counted } from "../registry/counted";

/** Of what may be wrong with a node or a link, so many lines are drawn; `fullmesh status` has all. */
const maxReasons = 3;

/**
 * The mesh as its nodes tell, against the plan: each planned link is there, with its verdict.
 *
 * @param health of that plan (core/observe/compareWithPlan)
 * @param observedAt when the nodes were asked, ISO 8601
 */
export function pictureOfHealth(stack: string, plan: MeshPlan, health: MeshHealth, observedAt: string): Picture {
  const { counts } = health;
  const nodes = new Map(health.nodes.map((node) => [node.name, node]));
  const down = (["half", "down", "unknown"] as const).filter((verdict) => counts[verdict] > 0);
  return {
    title: `${stack}: ${counts.up} of ${counted(counts.links, "link")} up, ${counts.answeringNodes} of ${counted(counts.nodes, "node")} answer`,
    description: [
      `The mesh as its nodes told at ${observedAt}.`,
      ...down.map((verdict) => `${counts[verdict]} ${verdict}.`),
    ].join(" "),
    nodes: plan.nodes.map((node) => liveNode(plannedNode(node), nodes.get(node.name))),
    // Both are in the order of the plan.
    links: plan.links.map((link, index) => liveLink(plannedLink(link, plan), health.links[index])),
  };
}

function liveNode(node: PictureNode, health: NodeHealth | undefined): PictureNode {
  if (health === undefined) return { ...node, state: "unmanaged" };
  const answered = health.healthy ? "healthy" : "problems";
  return {
    ...node,
    state: health.unreachable === null ? answered : "unreachable",
    details: [...node.details, ...health.problems.slice(0, maxReasons)],
  };
}

function liveLink(link: PictureLink, health: LinkHealth | undefined): PictureLink {
  if (health === undefined) return { ...link, state: "unknown" };
  const { verdict, rttMs, reasons, warnings } = health;
  return {
    ...link,
    state: verdict,
    label: verdict === "up" ? rttText(rttMs) : verdict,
    details: [
      ...link.details,
      verdict,
      ...(rttMs === null ? [] : [`RTT ${rttText(rttMs)}`]),
      ...[...reasons, ...warnings].slice(0, maxReasons),
    ],
  };
}

function rttText(rttMs: number | null): string {
  return rttMs === null ? "" : `${rttMs < 10 ? rttMs.toFixed(1) : rttMs.toFixed(0)} ms`;
}
