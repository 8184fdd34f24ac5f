import { lineLooks, linkStates, nodeLooks, nodeStates } from "./looks";
import type { LinkState, Picture, PictureLink, PictureNode } from "./picture";
import { drawnText, nodeLabel } from "./words";

/** More are refused where mermaid's settings are its own, as on GitHub (mermaid's `maxEdges`). */
export const maxMermaidLinks = 500;

/** A flowchart of mermaid, for Markdown: https://mermaid.js.org/syntax/flowchart.html. What is as planned has the colours of the reader's theme. */
export function renderMermaid({ title, description, nodes, links }: Picture): string {
  return [
    "graph LR",
    `  accTitle: ${accessible(title)}`,
    `  accDescr: ${accessible(description)}`,
    ...nodes.map((node) => `  ${nodeId(node.name)}${nodeShape(node)}`),
    ...links.map((link) => `  ${nodeId(link.a)} ${arrow(link)} ${nodeId(link.b)}`),
    ...nodeStates.flatMap((state) => {
      const such = nodes.filter((node) => node.state === state).map(({ name }) => nodeId(name));
      if (such.length === 0 || state === "planned" || state === "stays") return [];
      const { color, dashes } = nodeLooks[state];
      return [
        `  classDef ${state} stroke:${color},stroke-width:2px${dashed(dashes)}`,
        `  class ${such.join(",")} ${state}`,
      ];
    }),
    ...linkStates.flatMap((state) => {
      const such = links.flatMap((link, index) => (link.state === state ? [index] : []));
      if (such.length === 0 || state === "planned") return [];
      const { color, dashes, width } = lineLooks[state];
      return [`  linkStyle ${such.join(",")} stroke:${color},stroke-width:${1.5 * width}px${dashed(dashes)}`];
    }),
  ].join("\n");
}

function dashed(dashes: string): string {
  return dashes === "" ? "" : `,stroke-dasharray:${dashes}`;
}

/** Names are no ids: `end` is a word of mermaid's, and dashes are lines. A name has no underscore, so two never become one. */
function nodeId(name: string): string {
  return `n_${name.replaceAll("-", "_")}`;
}

/** A transit node is a stadium, another a box; one that is not managed has a slanted side. */
function nodeShape({ name, organization, managed, transit, state }: PictureNode): string {
  const label = quoted(nodeLabel({ name, organization, managed, state }));
  if (!managed) return `[/${label}/]`;
  return transit ? `([${label}])` : `[${label}]`;
}

const arrows: Readonly<Record<LinkState, string>> = {
  planned: "---",
  up: "---",
  unknown: "-.-",
  half: "-.-",
  blinks: "-.-",
  leaves: "-.-",
  down: "-.-",
  joins: "===",
};

function arrow({ state, label }: PictureLink): string {
  return label === "" ? arrows[state] : `${arrows[state]}|${quoted(label)}|`;
}

/** In quotes; whatever could mean something to mermaid, to Markdown, which it takes labels for, or to HTML by its number. */
function quoted(text: string): string {
  return `"${drawnText(text).replace(/[^\p{L}\p{N} .,:()/!?-]/gu, (character) => `#${character.codePointAt(0) ?? 63};`)}"`;
}

/** Ends with the line, and knows no entities. */
function accessible(text: string): string {
  return drawnText(text).replace(/[^\p{L}\p{N} .,:_()/!?-]/gu, "?");
}
