import { button, element } from "./element";
import { fetched } from "./fetched";

/** What the files would change now. It takes the server a while for a large mesh, so it is asked for when the view is opened, and by a button. */
export class Changes {
  readonly root = element("div", { class: "changes-view" });
  private readonly text = element("pre", { tabindex: 0, "aria-live": "polite" }, "comparing ...");

  constructor() {
    this.root.append(
      element(
        "div",
        { class: "bar" },
        button("Compare again", () => void this.open()),
      ),
      this.text,
    );
  }

  async open(): Promise<void> {
    this.text.textContent =
      (await fetched<{ readonly text: string }>("/api/changes"))?.text ?? "the server does not answer";
  }
}
