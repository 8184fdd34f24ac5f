import { groupsBy } from "../registry/groupsBy";
import { lineLooks, linkStates } from "./looks";
import type { Picture, PictureLink, PictureNode } from "./picture";
import { nodeShape } from "./shape";
import { characterWidth, type Drawing } from "./drawing";
import { shortName } from "./words";
import { coordinate, element, xmlText } from "./xml";

/** Up to so many nodes there is room for upright names with an address below. */
const maxUpright = 16;

/** Up to so many nodes there is room for words beside the lines. */
const maxLabelled = 8;

/** Between organizations, compared with the distance of two nodes. */
const gapSlots = 0.6;

const nameSize = 12;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A node and where it is. */
interface Place extends Point {
  readonly node: PictureNode;
  /** Radians, clockwise from the top. */
  readonly angle: number;
}

/** The nodes on a circle, those of one organization beside each other, and a line for each link. */
export function circleDrawing({ nodes, links }: Picture): Drawing {
  const isUpright = nodes.length <= maxUpright;
  const groups = groupsBy(nodes, ({ organization }) => organization);
  const gap = groups.length > 1 ? gapSlots : 0;
  const slots = nodes.length + gap * groups.length;
  const radius = Math.max(150, (slots * (isUpright ? 72 : 42)) / (2 * Math.PI));
  const nodeRadius = isUpright ? 14 : 9;
  const names = nodes.map(({ name }) => shortName(name));
  const nameWidth = Math.max(0, ...names.map((name) => name.length)) * nameSize * characterWidth;
  const margin = nodeRadius + 10 + nameWidth + (groups.length > 1 ? 24 : 0);
  const center = radius + margin;
  const at = (angle: number, distance: number): Point => ({
    x: center + distance * Math.sin(angle),
    y: center - distance * Math.cos(angle),
  });
  let slot = 0;
  const sectors = groups.map((group) => {
    const first = slot;
    const places = group.map((node): Place => {
      const angle = (2 * Math.PI * slot++) / slots;
      return { node, angle, ...at(angle, radius) };
    });
    const last = slot - 1;
    slot += gap;
    return { organization: group[0].organization, first, last, places };
  });
  const places = new Map(sectors.flatMap((sector) => sector.places.map((place) => [place.node.name, place] as const)));
  const drawn = lines(links, places);
  return {
    width: 2 * center,
    height: 2 * center,
    content: [
      ...linkStates.flatMap((state) => {
        const such = drawn.filter(({ link }) => link.state === state);
        const look = lineLooks[state];
        const width = (isUpright ? 1.5 : 0.7) * look.width;
        const style = {
          fill: "none",
          stroke: look.color,
          "stroke-width": width,
          "stroke-dasharray": look.dashes,
          // Among hundreds of lines, those with which something is the matter are to be seen.
          "stroke-opacity": isUpright || look.width > 1 ? "" : "0.5",
        };
        return such.length === 0 ? [] : [element("g", style, ...such.map(({ path }) => `\n${path}`), "\n")];
      }),
      ...(nodes.length > maxLabelled ? [] : drawn.flatMap(({ label }) => (label === "" ? [] : [label]))),
      ...[...places.values()].map((place) => nodeDrawing(place, nodeRadius, isUpright)),
      ...(groups.length > 1
        ? sectors.map(({ organization, first, last }) => {
            const angle = (Math.PI * (first + last)) / slots;
            const { x, y } = at(angle, radius + margin - 8);
            const text = { x, y, "text-anchor": "middle", "font-weight": "bold", fill: "#6b7280" };
            return element("text", text, xmlText(shortName(organization)));
          })
        : []),
    ],
  };
}

interface Line {
  readonly link: PictureLink;
  readonly path: string;
  readonly label: string;
}

/** Of several links between two nodes, each is bent to another side. */
function lines(links: readonly PictureLink[], places: ReadonlyMap<string, Place>): readonly Line[] {
  return groupsBy(links, ({ a, b }) => `${a} ${b}`).flatMap((between) =>
    between.flatMap((link, index): readonly Line[] => {
      const [from, to] = [places.get(link.a), places.get(link.b)];
      if (from === undefined || to === undefined) return [];
      // Nearer to one end, for in the middle the lines cross; beside each other, each at another height.
      const t = Math.min(0.45, 0.26 + 0.18 * index);
      const bend = 22 * (index - (between.length - 1) / 2);
      const length = Math.hypot(to.x - from.x, to.y - from.y);
      // The control point of a quadratic curve is twice as far away as the curve itself.
      const middle = {
        x: (from.x + to.x) / 2 + (2 * bend * (to.y - from.y)) / length,
        y: (from.y + to.y) / 2 - (2 * bend * (to.x - from.x)) / length,
      };
      const start = `M${coordinate(from.x)} ${coordinate(from.y)}`;
      const end = `${coordinate(to.x)} ${coordinate(to.y)}`;
      const d = bend === 0 ? `${start}L${end}` : `${start}Q${coordinate(middle.x)} ${coordinate(middle.y)} ${end}`;
      const title = element("title", {}, link.details.map((line) => xmlText(line)).join("\n"));
      return [{ link, path: element("path", { d }, title), label: labelOf(link, [from, middle, to], t) }];
    }),
  );
}

/** On a quadratic curve, at `t` from 0 to 1. */
function labelOf({ label, state }: PictureLink, [from, middle, to]: readonly [Point, Point, Point], t: number): string {
  if (label === "") return "";
  const on = (axis: "x" | "y"): number =>
    (1 - t) ** 2 * from[axis] + 2 * t * (1 - t) * middle[axis] + t ** 2 * to[axis];
  const halo = { stroke: "#ffffff", "stroke-width": 4, "paint-order": "stroke", "stroke-linejoin": "round" };
  const weight = state === "up" || state === "planned" ? "" : "bold";
  const text = { x: on("x"), y: on("y") + 4, "text-anchor": "middle", "font-size": 11, "font-weight": weight };
  return element("text", { ...text, ...halo }, xmlText(label, 16));
}

function nodeDrawing({ node, angle, x, y }: Place, radius: number, isUpright: boolean): string {
  const title = element("title", {}, [node.name, ...node.details].map((line) => xmlText(line)).join("\n"));
  const shape = nodeShape(node, x, y, radius);
  const name = isUpright ? uprightName(node, angle, x, y, radius) : radialName(node, angle, x, y, radius);
  return element("g", {}, title, shape, name);
}

/** Beside the node, away from the centre. */
function uprightName({ name, address }: PictureNode, angle: number, x: number, y: number, radius: number): string {
  const [right, down] = [Math.sin(angle), -Math.cos(angle)];
  const anchor = Math.abs(right) < 0.2 ? "middle" : right > 0 ? "start" : "end";
  const textX = x + (anchor === "middle" ? 0 : Math.sign(right) * (radius + 6));
  const above = address === "" ? 4 : -2;
  const textY = anchor === "middle" ? y + (down > 0 ? radius + 16 : -radius - (address === "" ? 8 : 22)) : y + above;
  const text = { x: textX, "text-anchor": anchor };
  return [
    element("text", { ...text, y: textY, "font-size": nameSize, "font-weight": "bold" }, xmlText(shortName(name))),
    ...(address === "" ? [] : [element("text", { ...text, y: textY + 13, "font-size": 10.5 }, xmlText(address))]),
  ].join("");
}

/** Along the radius, never upside down. */
function radialName({ name }: PictureNode, angle: number, x: number, y: number, radius: number): string {
  const isLeft = angle > Math.PI;
  const degrees = (angle * 180) / Math.PI - (isLeft ? -90 : 90);
  const text = {
    x: isLeft ? -radius - 5 : radius + 5,
    y: 4,
    "text-anchor": isLeft ? "end" : "start",
    "font-size": nameSize,
    transform: `translate(${coordinate(x)} ${coordinate(y)}) rotate(${coordinate(degrees)})`,
  };
  return element("text", text, xmlText(shortName(name)));
}
