/** What is drawn of nodes and links, from its upper left corner at 0, 0. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Elements of SVG. */
  readonly content: readonly string[];
}

/** Of a character, as a part of the font's size: an estimate, for nobody can ask a font here. */
export const characterWidth = 0.6;
