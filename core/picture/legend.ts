import { lineLooks, linkStates, nodeLooks, nodeStates, type LineLook } from "./looks";
import { cellPath } from "./cell";
import type { LinkState, Picture } from "./picture";
import { nodeShape, type NodeShape } from "./shape";
import { element } from "./xml";

/** A line of the legend: a sample, and what it means. */
export interface LegendEntry {
  readonly sample:
    | ({ readonly kind: "line" } & LineLook)
    | { readonly kind: "square"; readonly state: LinkState }
    | ({ readonly kind: "node" } & NodeShape)
    | { readonly kind: "text"; readonly text: string };
  readonly text: string;
}

/** In pixels. */
export const legendRowHeight = 22;

const plain: NodeShape = { managed: true, transit: false, state: "planned" };

/** Explains what is in the picture, and nothing else. */
export function legendOf({ nodes, links }: Picture, isMatrix: boolean): readonly LegendEntry[] {
  const lines = linkStates
    .filter((state) => links.some((link) => link.state === state))
    .map((state): LegendEntry => {
      const look = lineLooks[state];
      return { sample: isMatrix ? { kind: "square", state } : { kind: "line", ...look }, text: look.means };
    });
  const states = nodeStates
    .filter((state) => nodeLooks[state].means !== "" && nodes.some((node) => node.state === state))
    .map((state): LegendEntry => ({ sample: { kind: "node", ...plain, state }, text: nodeLooks[state].means }));
  return [...lines, ...states, ...roles(nodes, isMatrix), ...(isMatrix ? worstOfSeveral(links) : [])];
}

function roles(nodes: Picture["nodes"], isMatrix: boolean): readonly LegendEntry[] {
  const transit = nodes.some((node) => node.transit);
  const unmanaged = nodes.some(({ managed }) => !managed);
  const ring: LegendEntry["sample"] = isMatrix ? { kind: "text", text: "*" } : { kind: "node", ...plain, transit };
  return [
    ...(transit ? [{ sample: ring, text: "transit node: forwards for others" }] : []),
    ...(unmanaged && !isMatrix
      ? [{ sample: { kind: "node", ...plain, managed: false } as const, text: "not managed: somebody else's" }]
      : []),
  ];
}

function worstOfSeveral(links: Picture["links"]): readonly LegendEntry[] {
  const pairs = new Set(links.map(({ a, b }) => `${a} ${b}`)).size;
  return pairs === links.length
    ? []
    : [{ sample: { kind: "text", text: "" }, text: "where two nodes have several links: the worst" }];
}

/** Draws a sample, 40 pixels wide, at a place that is the middle of its left side. */
export function drawSample(sample: LegendEntry["sample"], x: number, y: number): string {
  switch (sample.kind) {
    case "line":
      return lineSample(sample, x, y);
    case "square":
      return cellPath(sample.state, [[x + 15, y - 5]]);
    case "node":
      return nodeShape(sample, x + 20, y, 8);
    case "text":
      return element("text", { x: x + 20, y: y + 4, "text-anchor": "middle", "font-weight": "bold" }, sample.text);
  }
}

function lineSample({ color, dashes, width }: LineLook, x: number, y: number): string {
  const style = { stroke: color, "stroke-width": 1.5 * width, "stroke-dasharray": dashes };
  return element("path", { d: `M${x} ${y}h40`, ...style });
}
