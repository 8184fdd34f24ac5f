import type { MeshView } from "../../../core/view/views";
import { Changes } from "./changes";
import { Details } from "./details";
import { button, element } from "./element";
import { Graph } from "./graph";
import { HistoryView } from "./historyView";
import { LinkList } from "./linkList";
import { Matrix } from "./matrix";
import { Path } from "./path";
import { currentPlace, go } from "./place";
import { viewNames, type ViewName } from "./viewNames";

/** Above so many nodes a graph is a hairball, and the matrix is shown first. */
const mostInGraph = 60;

/** So long without a look, and the page says so. */
const staleSeconds = 60;

const panel = found("view");
const summary = found("summary");
const details = new Details(found("details"));
const views = {
  graph: new Graph(),
  matrix: new Matrix(),
  links: new LinkList(),
  path: new Path(),
  history: new HistoryView(),
  changes: new Changes(),
};
let mesh: MeshView | undefined;
let opened: ViewName | undefined;
let takenAt = 0;

const tabs = new Map(
  viewNames.map((name, index) => [
    name,
    button(
      name,
      () => {
        go({ view: name });
      },
      { role: "tab", id: `tab-${name}`, "aria-controls": "view", title: `key ${index + 1}` },
    ),
  ]),
);
found("tabs").append(...tabs.values());

function show(): void {
  if (mesh === undefined) return;
  const name = currentPlace().view ?? (mesh.nodes.length > mostInGraph ? "matrix" : "graph");
  for (const [tab, control] of tabs) {
    control.setAttribute("aria-selected", String(tab === name));
    control.tabIndex = tab === name ? 0 : -1;
  }
  const view = views[name];
  if (opened !== name) {
    opened = name;
    panel.replaceChildren(view.root);
    panel.setAttribute("aria-labelledby", `tab-${name}`);
    if (view instanceof Changes) void view.open();
  }
  if (!(view instanceof Changes)) void view.show(mesh);
  void details.show(mesh);
}

function take(seen: MeshView): void {
  mesh = seen;
  takenAt = Date.now();
  const { counts, healthy, stack, filesProblem } = seen;
  document.title = `${healthy ? "✓" : "✗"} ${stack} - fullmesh`;
  const words = `${stack}: ${healthy ? "healthy" : "not healthy"}, ${counts.answeringNodes} of ${counts.nodes} nodes answer, ${counts.up} of ${counts.links} links up${filesProblem === null ? "" : "; the files cannot be planned now, and this is beside the last plan"}`;
  // A screen reader is told when it changes.
  if (summary.textContent !== words) summary.textContent = words;
  summary.className = healthy && filesProblem === null ? "healthy" : "sick";
  summary.title = filesProblem ?? "";
  show();
}

let events = listen();

function listen(): EventSource {
  const source = new EventSource("/api/events");
  source.addEventListener("mesh", (event) => {
    take(JSON.parse((event as MessageEvent<string>).data) as MeshView);
  });
  return source;
}

setInterval(() => {
  // After an answer that is no stream, a browser does not try again.
  if (events.readyState === EventSource.CLOSED) events = listen();
  const old = mesh === undefined ? 0 : (Date.now() - takenAt) / 1000;
  if (events.readyState === EventSource.OPEN && old < staleSeconds + 3 * (mesh?.everySeconds ?? 0)) return;
  summary.className = "stale";
  summary.textContent =
    events.readyState === EventSource.OPEN
      ? "no news from the nodes for more than a minute"
      : "the server does not answer; what is shown is old";
}, 5000);

addEventListener("hashchange", show);
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target instanceof HTMLElement && ["SELECT", "INPUT"].includes(event.target.tagName)) return;
  if (event.key === "Escape") go({ node: null, link: null });
  const view = viewNames[Number(event.key) - 1];
  if (view !== undefined) go({ view });
});
found("tabs").addEventListener("keydown", (event) => {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0 || opened === undefined) return;
  const next = viewNames.at((viewNames.indexOf(opened) + step) % viewNames.length);
  if (next === undefined) return;
  go({ view: next });
  tabs.get(next)?.focus();
});

function found(id: string): HTMLElement {
  return document.getElementById(id) ?? element("div");
}
