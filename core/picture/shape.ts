import { nodeLooks } from "./looks";
import type { PictureNode } from "./picture";
import { element } from "./xml";

/** What a node's shape shows. */
export type NodeShape = Pick<PictureNode, "managed" | "transit" | "state">;

/** A circle, or a square if not managed, with a ring in it if it is a transit node, and a mark if something is to be said of it. */
export function nodeShape({ managed, transit, state }: NodeShape, x: number, y: number, radius: number): string {
  const { color, mark, dashes } = nodeLooks[state];
  const outline = { fill: "#ffffff", stroke: color, "stroke-width": 2, "stroke-dasharray": dashes };
  const shape = managed
    ? element("circle", { cx: x, cy: y, r: radius, ...outline })
    : element("rect", { x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius, ...outline });
  const ring = transit ? element("circle", { cx: x, cy: y, r: radius - 3.5, fill: "none", stroke: color }) : "";
  const text = {
    x,
    y: y + radius * 0.5,
    "text-anchor": "middle",
    "font-size": radius * 1.3,
    "font-weight": "bold",
    fill: color,
  };
  return `${shape}${ring}${mark === "" ? "" : element("text", text, mark)}`;
}
