import { drawnText } from "./words";

/** What is not itself in text and in attributes of XML (XML 1.0, 2.4). */
const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text for XML, between tags and in quotes. Control characters, which XML 1.0 cannot have, are question marks already. */
export function xmlText(text: string, maxCharacters?: number): string {
  return drawnText(text, maxCharacters).replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

/** An element, its attributes in the order given; those that are empty are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly string[]
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== "")
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? coordinate(value) : xmlText(value, Infinity)}"`)
    .join("");
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
}

/** A tenth of a pixel is seen by nobody, and hides that sine and cosine differ in their last digit from one computer to the other. */
export function coordinate(value: number): string {
  const text = value.toFixed(1).replace(/\.0$/, "");
  return text === "-0" ? "0" : text;
}
