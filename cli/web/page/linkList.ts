import type { MeshView } from "../../../core/view/views";
import { button, element, table } from "./element";
import { selectLink } from "./place";
import { age, bytesPerSecond, cost, milliseconds, unknown, verdictWords } from "./words";

const worst = ["down", "half", "unknown", "up"];

/** All links as a table, the worst first: what the picture shows, for those who rather read. */
export class LinkList {
  readonly root = element("div", { class: "links-view" });

  show({ links }: MeshView): void {
    const sorted = [...links].sort((one, other) => worst.indexOf(one.verdict) - worst.indexOf(other.verdict));
    const rows = sorted.map((link) => [
      button(link.name, () => {
        selectLink(link.name);
      }),
      verdictWords(link),
      milliseconds(link.rttMs),
      cost(link.cost),
      bytesPerSecond(link.bytesPerSecond),
      String(link.mtuBytes ?? unknown),
      link.cipher ?? unknown,
      age(link.ageSeconds),
      link.initiator,
    ]);
    const head = ["link", "state", "RTT", "cost", "traffic", "MTU", "cipher", "age", "initiator"];
    const focused = document.activeElement?.textContent;
    this.root.replaceChildren(table("Links", head, rows));
    // The table is new, and whoever was on a button in it still is.
    if (focused) [...this.root.querySelectorAll("button")].find(({ textContent }) => textContent === focused)?.focus();
  }
}
