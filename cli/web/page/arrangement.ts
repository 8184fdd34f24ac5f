import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationNodeDatum,
} from "d3-force";
import type { MeshView } from "../../../core/view/views";

/** Where a node is drawn. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

interface Body extends SimulationNodeDatum {
  readonly name: string;
}

/** Steps after which nothing moves any more. */
const steps = 300;

/** Of the picture, in its own units. */
const [nearest, farthest] = [90, 420];

/**
 * Places of nodes such that the distance between two tells their RTT, as far as a plane allows. The same mesh gives the same picture: nodes begin on a circle in the
 * order of their ids, and the forces know no chance.
 */
export function arrange({ nodes, links }: MeshView): ReadonlyMap<string, Point> {
  const radius = 40 * Math.sqrt(nodes.length) + 60;
  const bodies = nodes.map(({ name }, place): Body => {
    const angle = (2 * Math.PI * place) / nodes.length;
    return { name, x: radius * Math.sin(angle), y: -radius * Math.cos(angle) };
  });
  const slowest = Math.max(1, ...links.map(({ rttMs }) => rttMs ?? 0));
  const distances = links.map(({ a, b, rttMs }) => ({
    source: a,
    target: b,
    length: nearest + (farthest - nearest) * Math.sqrt((rttMs ?? slowest / 4) / slowest),
  }));
  forceSimulation(bodies)
    .force(
      "links",
      forceLink<Body, (typeof distances)[number]>(distances).distance(({ length }) => length),
    )
    .force("apart", forceManyBody().strength(-160))
    .force("shapes", forceCollide(34))
    .force("x", forceX().strength(0.03))
    .force("y", forceY().strength(0.03))
    .stop()
    .tick(steps);
  return new Map(bodies.map(({ name, x = 0, y = 0 }) => [name, { x, y }]));
}
