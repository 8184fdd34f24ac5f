import { lineLooks, nodeLooks } from "./looks";
import type { Picture, PictureLink, PictureNode } from "./picture";
import { drawnText, nodeLabel } from "./words";

/** A graph in the DOT language of Graphviz (https://graphviz.org/doc/info/lang.html): `fullmesh graph --format dot | dot -Tpdf`. */
export function renderDot({ title, description, nodes, links }: Picture): string {
  return [
    `graph ${quoted(title)} {`,
    `  graph [layout=circo, label=${quoted(`${title}. ${description}`)}, fontname="sans-serif", fontsize=12]`,
    '  node [fontname="sans-serif", fontsize=11]',
    '  edge [fontname="sans-serif", fontsize=9]',
    ...nodes.map((node) => `  ${nodeLine(node)}`),
    ...links.map((link) => `  ${linkLine(link)}`),
    "}",
  ].join("\n");
}

/** A transit node has two outlines; one that is not managed is a box. */
function nodeLine({ name, organization, managed, transit, state, details }: PictureNode): string {
  const { color, dashes } = nodeLooks[state];
  const attributes = [
    `label=${quoted(nodeLabel({ name, organization, managed, state }))}`,
    `shape=${managed ? "ellipse" : "box"}`,
    ...(transit ? ["peripheries=2"] : []),
    `color="${color}"`,
    ...(dashes === "" ? [] : ["style=dashed"]),
    `tooltip=${quoted(details.join("; "))}`,
  ];
  return `${quoted(name)} [${attributes.join(", ")}]`;
}

function linkLine({ a, b, state, label, details }: PictureLink): string {
  const { color, dot, width } = lineLooks[state];
  const attributes = [
    `color="${color}"`,
    `style=${dot}`,
    `penwidth=${width}`,
    ...(label === "" ? [] : [`label=${quoted(label)}`]),
    `tooltip=${quoted(details.join("; "))}`,
  ];
  return `${quoted(a)} -- ${quoted(b)} [${attributes.join(", ")}]`;
}

/** A backslash begins an escape in labels (escString), as in "\N", and an ampersand an HTML entity. */
function quoted(text: string): string {
  return `"${drawnText(text, 400).replaceAll("&", "&amp;").replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
