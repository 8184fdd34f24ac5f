/** What an element is made of: attributes, and what happens on events. */
type Properties = Readonly<Record<string, string | number | boolean | ((event: Event) => void) | null>>;

type Child = Node | string;

/** An HTML element. Texts become text and never markup, whoever they come from. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), properties, children);
}

/** An SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), properties, children);
}

/** Sets attributes; `null` and `false` take them away. */
export function assign(target: Element, properties: Properties): void {
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") target.addEventListener(name, value);
    else if (value === null || value === false) target.removeAttribute(name);
    else target.setAttribute(name, value === true ? "" : String(value));
  }
}

function filled<E extends Element>(target: E, properties: Properties, children: readonly Child[]): E {
  assign(target, properties);
  target.append(...children);
  return target;
}

/** A table with a caption and a head. */
export function table(caption: string, head: readonly string[], rows: readonly (readonly Child[])[]): HTMLElement {
  return element(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    element(
      "table",
      {},
      element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)))),
      element("tbody", {}, ...rows.map((cells) => element("tr", {}, ...cells.map((cell) => element("td", {}, cell))))),
    ),
  );
}

/** What activates on click, Enter and space. */
export function button(text: string, onClick: () => void, properties: Properties = {}): HTMLButtonElement {
  return element("button", { type: "button", click: onClick, ...properties }, text);
}

/** Makes something that is no button one, for keyboards and screen readers too. */
export function actsAsButton(onClick: () => void, label: string): Properties {
  return {
    role: "button",
    tabindex: 0,
    "aria-label": label,
    click: onClick,
    keydown: (event) => {
      const { key } = event as KeyboardEvent;
      if (key !== "Enter" && key !== " ") return;
      event.preventDefault();
      onClick();
    },
  };
}
