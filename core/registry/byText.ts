/** For `sort`: texts by their code units, and not by locale, for the same order everywhere. */
export function byText(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}
