import uPlot from "uplot";
import type { MeshView } from "../../../core/view/views";
import type { LinkHistory, Mark } from "../history";
import { element } from "./element";
import { fetched } from "./fetched";
import { currentPlace, selectLink } from "./place";

const heightPixels = 170;

/** As the charts have them, the worst lowest. */
const states = ["unknown", "down", "half", "up"];

/** An hour of one link: RTT, traffic, state; and what happened in all the mesh. */
export class HistoryView {
  readonly root = element("div", { class: "history-view" });
  private readonly link = element("select", {
    change: () => {
      selectLink(this.link.value);
    },
  });
  private readonly charts = element("div");
  private readonly events = element("ol", { class: "events", reversed: true });
  private known = "";
  private plots: uPlot[] = [];

  constructor() {
    this.root.append(
      element("div", { class: "bar" }, element("label", {}, "Link ", this.link)),
      this.charts,
      element("h3", {}, "What happened"),
      this.events,
    );
  }

  async show({ links }: MeshView): Promise<void> {
    const names = links.map(({ name }) => name);
    if (this.known !== names.join())
      this.link.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
    this.known = names.join();
    const name = currentPlace().link ?? names[0];
    if (name === undefined) return;
    this.link.value = name;
    const [history, marks] = await Promise.all([
      fetched<LinkHistory>(`/api/links/${encodeURIComponent(name)}/history`),
      fetched<readonly Mark[]>("/api/history"),
    ]);
    if (!this.root.isConnected || name !== (currentPlace().link ?? names[0])) return;
    // uPlot keeps each until it is told.
    for (const plot of this.plots) plot.destroy();
    this.plots = [];
    this.charts.replaceChildren(...(history === undefined ? ["this link is not in the plan"] : this.chartsOf(history)));
    const lines = [...(marks ?? [])].reverse().slice(0, 100).map(eventLine);
    this.events.replaceChildren(
      ...(lines.length === 0 ? [element("li", {}, "nothing since this page's server began")] : lines),
    );
  }

  private chartsOf(history: LinkHistory): readonly HTMLElement[] {
    const traffic = history.bytesPerSecond.map((value) => (value === null ? null : value / 1000));
    const state = history.verdicts.map((verdict) => states.indexOf(verdict));
    return [
      this.chart("RTT in ms", history, [...history.rttMs], 1),
      this.chart("Traffic in kB/s", history, traffic, 2),
      this.chart("State", history, state, 3),
    ];
  }

  private chart(title: string, { at, marks }: LinkHistory, values: (number | null)[], color: number): HTMLElement {
    const style = getComputedStyle(document.documentElement);
    const [stroke, text, grid] = [
      style.getPropertyValue(`--chart${color}`),
      style.getPropertyValue("--text"),
      style.getPropertyValue("--line"),
    ];
    const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
    const isState = color === 3;
    const paths = isState ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
    const figure = element("figure", { role: "img", "aria-label": `${title}: ${lastWords(values, isState)}` });
    const plot = new uPlot(
      {
        title,
        width: Math.max(280, this.charts.clientWidth),
        height: heightPixels,
        legend: { show: false },
        cursor: { drag: { x: false, y: false } },
        scales: isState ? { y: { range: [-0.2, 3.2] } } : { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
        axes: [
          axis,
          isState
            ? {
                ...axis,
                size: 70,
                splits: [0, 1, 2, 3],
                values: (_, splits) => splits.map((place) => states[place] ?? ""),
              }
            : { ...axis, size: 70 },
        ],
        series: [{}, { stroke, width: 2, ...(paths === undefined ? {} : { paths }) }],
        hooks: {
          draw: [
            (drawn) => {
              for (const mark of marks) markLine(drawn, mark, text);
            },
          ],
        },
      },
      [[...at], values],
      figure,
    );
    this.plots.push(plot);
    return figure;
  }
}

function markLine(plot: uPlot, { at }: Mark, color: string): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(at, "x", true);
  ctx.save();
  ctx.strokeStyle = color;
  ctx.setLineDash([4, 4]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

function eventLine({ at, link, text }: Mark): HTMLElement {
  return element(
    "li",
    {},
    `${new Date(at * 1000).toLocaleTimeString()}  ${link === undefined ? "" : `${link}: `}${text}`,
  );
}

function lastWords(values: readonly (number | null)[], isState: boolean): string {
  const last = values.findLast((value) => value !== null) ?? null;
  if (last === null) return "nothing known";
  return `${isState ? (states[last] ?? "") : last.toFixed(2)} at last`;
}
