/** Nobody reads more of a reason. */
const defaultMax = 200;

/** The beginning of what another machine said, for a message: it may have said megabytes. */
export function shortText(text: string, maxCharacters = defaultMax): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters - 3)}...`;
}
