import type { LinkState, NodeState } from "./picture";

/** How something is drawn. Each state differs from the others of its kind by its colour, and by something besides, for those who do not see it. */
export interface LineLook {
  /** Of Okabe and Ito's palette, whose colours remain different with each kind of colour blindness; 3:1 or more on white (WCAG 1.4.11). */
  readonly color: string;
  /** SVG's stroke-dasharray; empty for a solid line. */
  readonly dashes: string;
  /** Graphviz' style. */
  readonly dot: "solid" | "dashed" | "dotted" | "bold";
  /** Width compared with that of a link with which nothing is the matter. */
  readonly width: number;
  /** For the legend. */
  readonly means: string;
}

const blue = "#0072b2";
const purple = "#cc79a7";
const vermilion = "#d55e00";
const green = "#008f66";
const grey = "#6b7280";

/** In the order in which they are drawn, so that what is wrong lies on top, and explained. */
export const lineLooks: Readonly<Record<LinkState, LineLook>> = {
  planned: { color: blue, dashes: "", dot: "solid", width: 1, means: "planned link" },
  up: { color: blue, dashes: "", dot: "solid", width: 1, means: "up" },
  unknown: { color: grey, dashes: "1 4", dot: "dotted", width: 1.5, means: "unknown: no end was reached" },
  half: { color: purple, dashes: "9 3 2 3", dot: "bold", width: 2, means: "half: it stands, but loses traffic" },
  blinks: { color: purple, dashes: "9 3 2 3", dot: "bold", width: 2, means: "~ blinks: re-established" },
  leaves: { color: vermilion, dashes: "6 4", dot: "dashed", width: 2, means: "- leaves" },
  down: { color: vermilion, dashes: "6 4", dot: "dashed", width: 2, means: "down: planned, but nothing passes" },
  joins: { color: green, dashes: "", dot: "bold", width: 2, means: "+ joins" },
};

/** In the order in which they are drawn and explained. */
export const linkStates = Object.keys(lineLooks) as readonly LinkState[];

export interface NodeLook {
  readonly color: string;
  /** Written before the name, or into the shape; empty where nothing is the matter. */
  readonly mark: "" | "!" | "?" | "+" | "-" | "~";
  /** SVG's stroke-dasharray of the outline. */
  readonly dashes: string;
  /** For the legend; empty for what needs no explanation. */
  readonly means: string;
}

export const nodeLooks: Readonly<Record<NodeState, NodeLook>> = {
  planned: { color: blue, mark: "", dashes: "", means: "" },
  stays: { color: grey, mark: "", dashes: "", means: "" },
  healthy: { color: blue, mark: "", dashes: "", means: "healthy" },
  unmanaged: { color: grey, mark: "", dashes: "", means: "" },
  problems: { color: purple, mark: "!", dashes: "9 3 2 3", means: "has problems" },
  unreachable: { color: vermilion, mark: "?", dashes: "6 4", means: "unreachable" },
  joins: { color: green, mark: "+", dashes: "", means: "joins" },
  leaves: { color: vermilion, mark: "-", dashes: "6 4", means: "leaves" },
  changes: { color: purple, mark: "~", dashes: "9 3 2 3", means: "changes" },
};

export const nodeStates = Object.keys(nodeLooks) as readonly NodeState[];
