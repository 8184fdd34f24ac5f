/** Nobody reads a longer list in a message. */
const maxNamed = 20;

/** Names for a message, the first of them where there are many. */
export function someOf(names: readonly string[]): string {
  const more = names.length - maxNamed;
  return more <= 0 ? names.join(", ") : `${names.slice(0, maxNamed).join(", ")} and ${more} more`;
}
