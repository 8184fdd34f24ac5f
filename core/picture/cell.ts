import { lineLooks } from "./looks";
import type { LinkState } from "./picture";
import { coordinate, element } from "./xml";

/** Side of a square in pixels; the next one begins after two more. */
export const cellSize = 10;

/** From a square's upper left corner; a shape of its own for each state, for those who do not see its colour. */
const shapes: Readonly<Record<LinkState, string>> = {
  planned: "h10v10h-10z",
  up: "h10v10h-10z",
  joins: "h10v10h-10z",
  // A triangle.
  half: "h10l-10 10z",
  blinks: "h10l-10 10z",
  // A cross.
  down: "h2l3 3l3 -3h2v2l-3 3l3 3v2h-2l-3 -3l-3 3h-2v-2l3 -3l-3 -3z",
  leaves: "h2l3 3l3 -3h2v2l-3 3l3 3v2h-2l-3 -3l-3 3h-2v-2l3 -3l-3 -3z",
  // A small square in the middle.
  unknown: "m3 3h4v4h-4z",
};

/** The squares of one state as one element, for there may be many thousands. */
export function cellPath(state: LinkState, corners: readonly (readonly [number, number])[]): string {
  const d = corners.map(([x, y]) => `M${coordinate(x)} ${coordinate(y)}${shapes[state]}`).join("");
  return element("path", { fill: lineLooks[state].color, d });
}
