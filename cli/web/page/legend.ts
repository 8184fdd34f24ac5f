import type { Verdict } from "../../../core/observe/health";
import { element, svg } from "./element";

const meanings: readonly (readonly [Verdict | "up relayed", string])[] = [
  ["up", "up"],
  ["up relayed", "up, another way is faster"],
  ["half", "half up"],
  ["down", "planned, and down"],
  ["unknown", "not known"],
];

/** What lines and shapes mean: each has a pattern of its own besides its colour. */
export function legend(): HTMLElement {
  return element(
    "ul",
    { class: "legend", "aria-label": "Legend" },
    ...meanings.map(([classes, text]) =>
      element(
        "li",
        {},
        svg(
          "svg",
          { class: "sample", viewBox: "0 0 40 10", "aria-hidden": "true" },
          svg("line", { class: `line ${classes}`, x1: 1, y1: 5, x2: 39, y2: 5 }),
        ),
        text,
      ),
    ),
    element(
      "li",
      {},
      svg(
        "svg",
        { class: "sample", viewBox: "0 0 40 12", "aria-hidden": "true" },
        svg("rect", { class: "shape", x: 14, y: 0.5, width: 11, height: 11, rx: 2 }),
      ),
      "relays",
    ),
  );
}
