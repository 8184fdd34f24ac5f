/** All that is not to be seen as it is, but for line feeds and tabulators: control and format characters (bidi among them), what is no character, and line separators. */
const unseen = /(?![\n\t])[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * What another machine said, for a person's terminal: it can neither write to the clipboard, nor over what stands there, nor show one thing and mean another. Each
 * character that could is a question mark.
 */
export function plainText(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(unseen, "?");
}
