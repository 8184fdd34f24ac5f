import type { LinkBrief, MeshView } from "../../../core/view/views";
import { element } from "./element";
import { legend } from "./legend";
import { selectLink, selectNode } from "./place";
import { linkWords, milliseconds } from "./words";

/** The mesh as a matrix of RTTs, for what is too large for a graph. */
export class Matrix {
  readonly root = element("div", { class: "matrix-view" });
  private readonly cells = new Map<string, readonly HTMLElement[]>();
  private shape = "";

  show(mesh: MeshView): void {
    const shape = JSON.stringify([mesh.nodes.map(({ name }) => name), mesh.links.map(({ name }) => name)]);
    if (shape !== this.shape) {
      this.shape = shape;
      this.draw(mesh);
    }
    for (const link of mesh.links) this.update(link);
  }

  private draw({ nodes, links, unlinked }: MeshView): void {
    this.cells.clear();
    const grid = nodes.map(() => nodes.map(() => element("td")));
    const at = (row: number, column: number): HTMLElement => grid[row]?.[column] ?? element("td");
    for (const [place] of nodes.entries()) at(place, place).className = "self";
    for (const { name, a, b } of links) {
      // Of several links between two nodes the cell shows the first; the list of links has all.
      const both = [at(a, b), at(b, a)].filter((cell) => cell.childElementCount === 0);
      const buttons = both.map((cell) => {
        const choose = element("button", {
          type: "button",
          click: () => {
            selectLink(name);
          },
        });
        cell.append(choose);
        return choose;
      });
      this.cells.set(name, buttons);
    }
    for (const { a, b, reason } of unlinked) {
      for (const cell of [at(a, b), at(b, a)]) {
        cell.className = "unlinked";
        cell.title = `no link: ${reason}`;
        cell.textContent = "·";
      }
    }
    const head = nodes.map(({ name }) => element("th", { scope: "col", title: name }, element("span", {}, name)));
    const rows = nodes.map(({ name }, row) => {
      const choose = element(
        "button",
        {
          type: "button",
          click: () => {
            selectNode(name);
          },
        },
        name,
      );
      return element("tr", {}, element("th", { scope: "row" }, choose), ...(grid[row] ?? []));
    });
    this.root.replaceChildren(
      element("div", { class: "bar" }, legend()),
      element(
        "div",
        { class: "scroll", tabindex: 0, role: "region", "aria-label": "Round-trip times between nodes" },
        element(
          "table",
          { class: "matrix" },
          element("caption", {}, "Round-trip times in milliseconds; ↷: packets go by way of another node"),
          element("thead", {}, element("tr", {}, element("td"), ...head)),
          element("tbody", {}, ...rows),
        ),
      ),
    );
  }

  private update(link: LinkBrief): void {
    for (const cell of this.cells.get(link.name) ?? []) {
      cell.className = `${link.verdict}${link.isRelayed ? " relayed" : ""}`;
      cell.title = linkWords(link);
      cell.setAttribute("aria-label", linkWords(link));
      const sign = { up: "", half: "½ ", down: "✕", unknown: "?" }[link.verdict];
      const time = link.rttMs === null || link.verdict === "down" ? "" : milliseconds(link.rttMs).replace(" ms", "");
      cell.textContent = `${sign}${time}${link.isRelayed ? "↷" : ""}` || "-";
    }
  }
}
