import { plainText } from "../describe/plainText";
import { nodeLooks } from "./looks";
import type { PictureNode } from "./picture";
import { shortText } from "../describe/shortText";

/** What may stand in a picture: one line that shows what it says, and not all that a host has to say. */
export function drawnText(text: string, maxCharacters?: number): string {
  // Cut off before it is made plain, for the cut may leave half of a character.
  return plainText(shortText(text.replace(/\s+/g, " ").trim(), maxCharacters));
}

const maxNameCharacters = 28;

/** A name as it is written into a picture; the tooltip has all of a longer one. */
export function shortName(name: string): string {
  return name.length <= maxNameCharacters ? name : `${name.slice(0, maxNameCharacters - 1)}…`;
}

/** A node's name, and in words what a shape and a colour may fail to say. */
export function nodeLabel({
  name,
  organization,
  managed,
  state,
}: Pick<PictureNode, "name" | "organization" | "managed" | "state">): string {
  const said = [...(managed ? [] : [organization]), ...(nodeLooks[state].mark === "" ? [] : [state])];
  return said.length === 0 ? name : `${name} (${said.join(", ")})`;
}
