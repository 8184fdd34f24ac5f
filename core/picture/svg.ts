import { circleDrawing } from "./circle";
import { characterWidth } from "./drawing";
import { drawSample, legendOf, legendRowHeight, type LegendEntry } from "./legend";
import { listed } from "../registry/listed";
import { nodeLooks } from "./looks";
import { matrixDrawing } from "./matrix";
import type { Picture } from "./picture";
import { coordinate, element, xmlText } from "./xml";

/** Above so many nodes nobody can follow a line any more, and there are squares instead. */
export const maxCircleNodes = 60;

/** A longer list is heard to its end by nobody. */
const maxListed = 60;

const padding = 24;
const titleSize = 18;
const textSize = 12;

/** A file of SVG 1.1 (https://www.w3.org/TR/SVG11/), without scripts, styles or fonts from elsewhere. */
export function renderSvg(picture: Picture): string {
  const isMatrix = picture.nodes.length > maxCircleNodes;
  const drawing = isMatrix ? matrixDrawing(picture) : circleDrawing(picture);
  const legend = legendOf(picture, isMatrix);
  const top = padding + titleSize + textSize + 24;
  const width = Math.max(drawing.width, textWidth(picture, legend)) + 2 * padding;
  const height = top + drawing.height + 16 + legend.length * legendRowHeight + padding;
  const left = (width - drawing.width) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${coordinate(width)} ${coordinate(height)}" width="${coordinate(width)}" height="${coordinate(height)}" role="img" aria-labelledby="title desc" font-family="system-ui, sans-serif" font-size="${textSize}" fill="#1f2937">`,
    element("title", { id: "title" }, xmlText(picture.title)),
    element("desc", { id: "desc" }, xmlText(`${picture.description} ${wordsOf(picture)}`, Infinity)),
    element("rect", { width, height, fill: "#ffffff" }),
    element(
      "text",
      { x: padding, y: padding + titleSize, "font-size": titleSize, "font-weight": "bold" },
      xmlText(picture.title),
    ),
    element("text", { x: padding, y: padding + titleSize + textSize + 8 }, xmlText(picture.description)),
    `<g transform="translate(${coordinate(left)} ${coordinate(top)})">`,
    ...drawing.content,
    "</g>",
    ...legend.map((entry, row) =>
      legendLine(entry, padding, top + drawing.height + 16 + (row + 0.5) * legendRowHeight),
    ),
    "</svg>",
  ].join("\n");
}

function textWidth({ title, description }: Picture, legend: readonly LegendEntry[]): number {
  return Math.max(
    title.length * titleSize * characterWidth,
    description.length * textSize * characterWidth,
    ...legend.map(({ text }) => 52 + text.length * textSize * characterWidth),
  );
}

function legendLine({ sample, text }: LegendEntry, x: number, y: number): string {
  return `${drawSample(sample, x, y)}${element("text", { x: x + 52, y: y + 4 }, xmlText(text))}`;
}

/** What a screen reader has instead of the drawing: the nodes, and the links that are not like most. */
function wordsOf({ nodes, links }: Picture): string {
  const names = nodes.map(({ name, state }) => (nodeLooks[state].mark === "" ? name : `${name} (${state})`));
  const told = links.filter(({ state }) => state !== "planned" && state !== "up");
  const states = told.map(({ a, b, state }) => `${a} - ${b} ${state}`);
  return [...sentence("Nodes", names), ...sentence("Links", states)].join(" ");
}

function sentence(what: string, things: readonly string[]): readonly string[] {
  return things.length === 0 ? [] : [`${what}: ${listed(things, maxListed)}.`];
}
