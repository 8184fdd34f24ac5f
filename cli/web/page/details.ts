import type { LinkView, MeshView, NodeView } from "../../../core/view/views";
import type { HalfHealth } from "../../../core/observe/health";
import { fetched } from "./fetched";
import { button, element, table } from "./element";
import { currentPlace, go, selectNode } from "./place";
import { age, cost, milliseconds, stateWords, unknown } from "./words";

/** The node or link that is selected, in full. */
export class Details {
  private hidesRoutes = true;
  private shown = "";

  constructor(private readonly root: HTMLElement) {}

  /** Fetches and draws what is selected. */
  async show(mesh: MeshView): Promise<void> {
    const { node, link } = currentPlace();
    const what = node ?? link;
    if (what === null) {
      this.draw("", summary(mesh));
      return;
    }
    const path = node === null ? `/api/links/${encodeURIComponent(what)}` : `/api/nodes/${encodeURIComponent(what)}`;
    const found = await fetched<NodeView | LinkView>(path);
    // Another may have been selected meanwhile.
    const now = currentPlace();
    if (what !== (now.node ?? now.link)) return;
    if (found === undefined) this.draw(what, [element("h2", {}, what), element("p", {}, "not in the plan any more")]);
    else this.draw(what, "halves" in found ? linkDetails(found) : this.nodeDetails(found, mesh));
  }

  /** A screen reader is told of another selection, and not of each look. */
  private draw(what: string, content: readonly (Node | string)[]): void {
    this.root.setAttribute("aria-live", what === this.shown ? "off" : "polite");
    this.shown = what;
    const { scrollTop } = this.root;
    this.root.replaceChildren(...content);
    this.root.scrollTop = scrollTop;
  }

  private nodeDetails(node: NodeView, mesh: MeshView): readonly Node[] {
    const toggle = element("input", {
      type: "checkbox",
      change: () => {
        this.hidesRoutes = !toggle.checked;
        void this.show(mesh);
      },
    });
    toggle.checked = !this.hidesRoutes;
    const routes = node.routes.filter(({ isInstalled }) => isInstalled || !this.hidesRoutes);
    return [
      heading(node.name),
      facts([
        ["state", stateWords[node.state]],
        ["id", String(node.id)],
        ["addresses", `${node.overlay.ipv4}, ${node.overlay.ipv6}`],
        ["organization", node.organization],
        ...(node.tags.length === 0 ? [] : [["tags", node.tags.join(", ")] as const]),
        ["system", node.os ?? unknown],
        ["isolation", node.isolation],
        ["relays", node.relays ? "yes" : "no"],
        ...(node.prefixes.length === 0 ? [] : [["networks behind it", node.prefixes.join(", ")] as const]),
      ]),
      ...list("Problems", node.problems),
      table(
        "Services",
        ["unit", "state", "restarts"],
        node.services.map(({ unit, state, restarts }) => [unit, state, String(restarts)]),
      ),
      table(
        "Neighbours",
        ["peer", "interface", "reach", "rxcost", "txcost", "cost", "RTT"],
        node.neighbours.map((neighbour) => [
          neighbour.peer,
          neighbour.interface,
          neighbour.reach,
          cost(neighbour.rxcost),
          cost(neighbour.txcost),
          cost(neighbour.cost),
          milliseconds(neighbour.rttMs),
        ]),
      ),
      element("label", {}, toggle, " show uninstalled routes"),
      table(
        "Routes",
        ["prefix", "of", "metric", "via", "installed"],
        routes.map(({ prefix, of, metric, via, isInstalled }) => [
          prefix,
          of ?? unknown,
          cost(metric),
          via,
          isInstalled ? "yes" : "no",
        ]),
      ),
      ...list("Accepts", node.accepts),
    ];
  }
}

function summary({ nodes, links, counts }: MeshView): readonly Node[] {
  const sick = nodes.filter(({ state }) => state === "sick" || state === "silent");
  const bad = links.filter(({ verdict }) => verdict !== "up");
  return [
    element("h2", {}, "The mesh"),
    facts([
      ["nodes", `${counts.healthyNodes} of ${counts.nodes} healthy`],
      ["links", `${counts.up} of ${counts.links} up`],
    ]),
    ...list("Not well", [
      ...sick.map(({ name, state }) => `${name}: ${stateWords[state]}`),
      ...bad.slice(0, 20).map(({ name, verdict }) => `${name}: ${verdict}`),
    ]),
    element(
      "p",
      { class: "hint" },
      "Select a node or a link. Keys: 1 to 6 change the view, Escape clears the selection.",
    ),
  ];
}

function linkDetails({ name, verdict, reasons, warnings, halves }: LinkView): readonly Node[] {
  const [a, b] = halves;
  return [
    heading(name),
    element("p", {}, `state: ${verdict}`),
    ...list("Reasons", reasons),
    ...list("Warnings", warnings),
    table(
      "What each end finds",
      ["", a.node, b.node],
      halfRows.map(([label, value]) => [label, value(a), value(b)]),
    ),
    button("History", () => {
      go({ view: "history" });
    }),
    button("Path", () => {
      go({ view: "path", from: a.node, to: b.node });
    }),
    ...[a, b].map(({ node }) =>
      button(`Node ${node}`, () => {
        selectNode(node);
      }),
    ),
  ];
}

const halfRows: readonly (readonly [string, (half: HalfHealth) => string])[] = [
  ["state", ({ verdict }) => verdict],
  ["interface", ({ connection }) => connection],
  ["initiates", ({ initiates }) => (initiates ? "yes" : "no")],
  ["IKE_SA", ({ ike }) => (ike === null ? unknown : `${ike.state}, ${age(ike.ageSeconds)}`)],
  ["CHILD_SA", ({ child }) => (child === null ? unknown : `${child.state}, ${age(child.ageSeconds)}`)],
  ["cipher", ({ child }) => child?.cipher ?? unknown],
  ["MTU", ({ interface: link }) => (link === null ? unknown : String(link.mtuBytes))],
  ["hears", ({ babel }) => (babel === null ? unknown : babel.hears ? "yes" : "no")],
  ["is heard", ({ babel }) => (babel === null ? unknown : babel.heard ? "yes" : "no")],
  ["cost", ({ babel }) => cost(babel?.cost ?? null)],
  ["RTT", ({ babel }) => milliseconds(babel?.rttMs ?? null)],
  ["IPv4 goes", ({ route4 }) => routeWords(route4)],
  ["IPv6 goes", ({ route6 }) => routeWords(route6)],
];

function routeWords(route: HalfHealth["route4"]): string {
  if (route === null) return unknown;
  if (route.kind === "none") return "nowhere";
  return route.kind === "direct" ? "directly" : `via ${route.node}`;
}

function heading(text: string): HTMLElement {
  return element(
    "div",
    { class: "bar" },
    element("h2", {}, text),
    button(
      "✕",
      () => {
        go({ node: null, link: null });
      },
      { "aria-label": "Clear the selection" },
    ),
  );
}

function facts(pairs: readonly (readonly [string, string])[]): HTMLElement {
  return element("dl", {}, ...pairs.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

function list(title: string, lines: readonly string[]): readonly Node[] {
  if (lines.length === 0) return [];
  return [element("h3", {}, title), element("ul", {}, ...lines.map((line) => element("li", { class: "text" }, line)))];
}
