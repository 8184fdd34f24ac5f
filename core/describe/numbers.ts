/** The numbers of keys or of shared secrets: the one in use, then those that are accepted, too. */
export function describeNumbers([used, ...accepted]: readonly number[]): string {
  return [`${used}`, ...accepted.map((number) => `${number} accepted, too`)].join(", ");
}
