import type { LinkHealth } from "../../core/observe/health";

/** How a link is called in a list: by its nodes, and its family or interface where these have several links. */
export function linkLabel(link: LinkHealth, all: readonly LinkHealth[]): string {
  const between = all.filter(({ a, b }) => a === link.a && b === link.b);
  const pair = `${link.a} - ${link.b}`;
  if (between.length < 2) return pair;
  if (between.filter(({ family }) => family === link.family).length < 2) return `${pair} (${link.family})`;
  return `${pair} (${link.halves[0].connection})`;
}
