import type { MeshView, PathView, WayView } from "../../../core/view/views";
import { element, table } from "./element";
import { fetched } from "./fetched";
import { currentPlace, go } from "./place";
import { cost, milliseconds } from "./words";

/** The way from one node to another, hop by hop, now and as planned. */
export class Path {
  readonly root = element("div", { class: "path-view" });
  private readonly from = choice("From", (from) => {
    go({ from });
  });
  private readonly to = choice("To", (to) => {
    go({ to });
  });
  private readonly answer = element("div", { "aria-live": "polite" });

  constructor() {
    this.root.append(element("div", { class: "bar" }, this.from.root, this.to.root), this.answer);
  }

  async show({ nodes }: MeshView): Promise<void> {
    const names = nodes.map(({ name }) => name);
    const place = currentPlace();
    const from = place.from ?? names[0] ?? "";
    const to = place.to ?? names.find((name) => name !== from) ?? "";
    this.from.show(names, from);
    this.to.show(names, to);
    const path = await fetched<PathView>(`/api/paths/${encodeURIComponent(from)}/${encodeURIComponent(to)}`);
    const now = currentPlace();
    if ((now.from ?? from) !== from || (now.to ?? to) !== to) return;
    const text = JSON.stringify(path);
    if (this.answer.dataset.path === text) return;
    this.answer.dataset.path = text;
    this.answer.replaceChildren(
      ...(path === undefined
        ? ["no such node"]
        : [
            element(
              "p",
              {},
              path.planned === null ? "planned: none" : `planned, the shortest: ${path.planned.join(" → ")}`,
            ),
            wayTable("IPv4 now", path.now.ip4),
            wayTable("IPv6 now", path.now.ip6),
          ]),
    );
  }
}

function wayTable(caption: string, { hops, ends }: WayView): HTMLElement {
  const rows = hops.map(({ from, to, rttMs, metric }) => [from, to, milliseconds(rttMs), cost(metric)]);
  const total =
    hops.every(({ rttMs }) => rttMs !== null) && hops.length > 0
      ? hops.reduce((sum, { rttMs }) => sum + (rttMs ?? 0), 0)
      : null;
  const words =
    ends ?? `arrives after ${hops.length} ${hops.length === 1 ? "hop" : "hops"}, RTT ${milliseconds(total)}`;
  return element(
    "section",
    {},
    table(caption, ["from", "to", "RTT", "metric from there"], rows),
    element("p", {}, words),
  );
}

function choice(
  label: string,
  onChange: (name: string) => void,
): { root: HTMLElement; show(names: readonly string[], chosen: string): void } {
  const select = element("select", {
    change: () => {
      onChange(select.value);
    },
  });
  let known = "";
  return {
    root: element("label", {}, `${label} `, select),
    show: (names, chosen) => {
      if (known !== names.join())
        select.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
      known = names.join();
      select.value = chosen;
    },
  };
}
