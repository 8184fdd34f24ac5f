/** Things in a sentence: "a", "a and b", "a, b and c"; of more than `most` only the first, and how many more. */
export function listed(things: readonly string[], most: number): string {
  const shown = things.length > most ? [...things.slice(0, most - 1), `${things.length - most + 1} more`] : things;
  return [shown.slice(0, -1).join(", "), ...shown.slice(-1)].filter((part) => part !== "").join(" and ");
}
