import type { LinkBrief, MeshView, NodeBrief } from "../../../core/view/views";
import { arrange, type Point } from "./arrangement";
import { actsAsButton, assign, button, element, svg } from "./element";
import { legend } from "./legend";
import { currentPlace, selectLink, selectNode } from "./place";
import { linkWords, stateWords } from "./words";

const margin = 70;

/** Traffic from which a line is thicker, and how much a factor of ten adds. */
const [quietBytes, pixelsPerDecade, thickest] = [1000, 1, 7];

interface DrawnLink {
  readonly line: SVGLineElement;
  /** Wider than the line, to be hit more easily. */
  readonly target: SVGLineElement;
  readonly title: SVGTitleElement;
}

interface DrawnNode {
  readonly group: SVGGElement;
  readonly title: SVGTitleElement;
}

/** The mesh as a graph. Nodes stay where they are while values change; another set of nodes is arranged anew. */
export class Graph {
  readonly root: HTMLElement;
  private readonly picture = svg("svg", {
    class: "graph",
    role: "group",
    "aria-label": "Nodes and links; each can be selected",
  });
  private readonly links = new Map<string, DrawnLink>();
  private readonly nodes = new Map<string, DrawnNode>();
  private points: ReadonlyMap<string, Point> = new Map();
  private shape = "";
  private mesh: MeshView | undefined;

  constructor() {
    this.root = element(
      "div",
      { class: "graph-view" },
      element(
        "div",
        { class: "bar" },
        legend(),
        button("Arrange by RTT again", () => {
          this.shape = "";
          if (this.mesh !== undefined) this.show(this.mesh);
        }),
      ),
      this.picture,
    );
  }

  show(mesh: MeshView): void {
    this.mesh = mesh;
    const shape = JSON.stringify([mesh.nodes.map(({ name }) => name), mesh.links.map(({ name }) => name)]);
    if (shape !== this.shape) {
      this.shape = shape;
      this.points = arrange(mesh);
      this.draw(mesh);
    }
    const { node, link } = currentPlace();
    for (const brief of mesh.links) this.updateLink(brief, link);
    for (const brief of mesh.nodes) this.updateNode(brief, node);
  }

  private draw(mesh: MeshView): void {
    this.links.clear();
    this.nodes.clear();
    const at = (place: number): Point => this.points.get(mesh.nodes[place]?.name ?? "") ?? { x: 0, y: 0 };
    const lines = mesh.links.map((link) => {
      const [a, b] = [at(link.a), at(link.b)];
      const ends = { x1: a.x, y1: a.y, x2: b.x, y2: b.y };
      const drawn: DrawnLink = {
        line: svg("line", ends),
        target: svg("line", { ...ends, class: "target" }),
        title: svg("title"),
      };
      this.links.set(link.name, drawn);
      const choose = (): void => {
        selectLink(link.name);
      };
      return svg("g", { class: "link", ...actsAsButton(choose, link.name) }, drawn.title, drawn.line, drawn.target);
    });
    const nodes = mesh.nodes.map((node) => {
      const { x, y } = this.points.get(node.name) ?? { x: 0, y: 0 };
      const title = svg("title");
      const choose = (): void => {
        selectNode(node.name);
      };
      const group = svg(
        "g",
        { transform: `translate(${x} ${y})`, ...actsAsButton(choose, node.name) },
        title,
        node.relays ? svg("rect", { x: -13, y: -13, width: 26, height: 26, rx: 4 }) : svg("circle", { r: 13 }),
        svg("text", { y: 30 }, node.name),
        svg("text", { class: "sign", y: 5 }, ""),
      );
      this.nodes.set(node.name, { group, title });
      return group;
    });
    this.picture.replaceChildren(...lines, ...nodes);
    this.frame();
  }

  private frame(): void {
    const [xs, ys] = [[...this.points.values()].map(({ x }) => x), [...this.points.values()].map(({ y }) => y)];
    const [left, top] = [Math.min(0, ...xs) - margin, Math.min(0, ...ys) - margin];
    const [width, height] = [Math.max(0, ...xs) + margin - left, Math.max(0, ...ys) + margin - top];
    assign(this.picture, { viewBox: `${left} ${top} ${width} ${height}` });
  }

  private updateLink(link: LinkBrief, selected: string | null): void {
    const drawn = this.links.get(link.name);
    if (drawn === undefined) return;
    const decades = Math.log10(Math.max(1, (link.bytesPerSecond ?? 0) / quietBytes));
    assign(drawn.line, {
      class: `line ${link.verdict}${link.isRelayed ? " relayed" : ""}`,
      "stroke-width": Math.min(thickest, 2 + pixelsPerDecade * decades).toFixed(1),
    });
    drawn.target.classList.toggle("selected", link.name === selected);
    drawn.title.textContent = linkWords(link);
    drawn.line.parentElement?.setAttribute("aria-label", linkWords(link));
  }

  private updateNode(node: NodeBrief, selected: string | null): void {
    const drawn = this.nodes.get(node.name);
    if (drawn === undefined) return;
    const words = `${node.name}: ${stateWords[node.state]}${node.relays ? ", relays" : ""}`;
    assign(drawn.group, {
      class: `node ${node.state}${node.name === selected ? " selected" : ""}`,
      "aria-label": words,
    });
    drawn.title.textContent = words;
    const sign = drawn.group.querySelector(".sign");
    if (sign !== null) sign.textContent = { healthy: "✓", sick: "!", silent: "?", unmanaged: "·" }[node.state];
  }
}
