import { cellPath, cellSize } from "./cell";
import { linkStates, nodeLooks } from "./looks";
import type { LinkState, Picture, PictureNode } from "./picture";
import { characterWidth, type Drawing } from "./drawing";
import { shortName } from "./words";
import { coordinate, element, xmlText } from "./xml";

const step = cellSize + 2;
const nameSize = 9;

/** A row and a column a node: what is between two nodes is where they meet, and nothing where they have no link. */
export function matrixDrawing({ nodes, links }: Picture): Drawing {
  const names = nodes.map(shownName);
  const margin = 6 + Math.max(0, ...names.map((name) => name.length)) * nameSize * characterWidth;
  const size = nodes.length * step;
  const indexOf = new Map(nodes.map(({ name }, index) => [name, index]));
  const worst = new Map<string, { readonly corners: readonly [number, number]; readonly state: LinkState }>();
  for (const { a, b, state } of links) {
    const [row, column] = [indexOf.get(a), indexOf.get(b)];
    if (row === undefined || column === undefined) continue;
    const key = `${row} ${column}`;
    const other = worst.get(key);
    if (other !== undefined && linkStates.indexOf(other.state) >= linkStates.indexOf(state)) continue;
    worst.set(key, { corners: [row, column], state });
  }
  const cells = [...worst.values()];
  const place = (index: number): number => margin + index * step;
  return {
    width: margin + size,
    height: margin + size,
    content: [
      grid(nodes.length, margin, size),
      ...linkStates.flatMap((state) => {
        const corners = cells
          .filter((cell) => cell.state === state)
          .flatMap(({ corners: [row, column] }) => [
            [place(column) + 1, place(row) + 1] as const,
            [place(row) + 1, place(column) + 1] as const,
          ]);
        return corners.length === 0 ? [] : [cellPath(state, corners)];
      }),
      ...nodes.flatMap((node, index) => {
        const middle = place(index) + step / 2 + 3;
        const style = { "font-size": nameSize, "font-weight": nodeLooks[node.state].mark === "" ? "" : "bold" };
        const title = element("title", {}, [node.name, ...node.details].map((line) => xmlText(line)).join("\n"));
        const text = xmlText(names[index] ?? "");
        const turned = `translate(${coordinate(middle)} ${coordinate(margin - 4)}) rotate(-90)`;
        return [
          element("text", { x: margin - 4, y: middle, "text-anchor": "end", ...style }, title, text),
          element("text", { transform: turned, ...style }, text),
        ];
      }),
    ],
  };
}

/** A line every five nodes, to find one's way, and one through the cells that belong to a node and itself. */
function grid(count: number, margin: number, size: number): string {
  const fives = Array.from({ length: Math.floor(count / 5) + 1 }, (_, index) => margin + index * 5 * step);
  const [start, end] = [coordinate(margin), coordinate(margin + size)];
  const lines = fives.map((at) => `M${coordinate(at)} ${start}V${end}M${start} ${coordinate(at)}H${end}`);
  return element("path", { d: `${lines.join("")}M${start} ${start}L${end} ${end}`, stroke: "#d1d5db", fill: "none" });
}

function shownName({ name, state, transit }: PictureNode): string {
  const { mark } = nodeLooks[state];
  return `${mark === "" ? "" : `${mark} `}${shortName(name)}${transit ? "*" : ""}`;
}
