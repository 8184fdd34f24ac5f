/** How many nodes or pairs a list names at most; how many there are stands beside it. */
export const mostNamed = 20;

/** Two nodes by their indexes. */
export type Pair = readonly [number, number];

/** Pairs of nodes, by the ids of both: how many, and the first of them. */
export interface Pairs {
  readonly count: number;
  readonly first: readonly (readonly [string, string])[];
}

/** Whom a node no longer reaches. */
export interface CutOff {
  readonly node: string;
  /** How many others. */
  readonly count: number;
  /** By id, the first of them. */
  readonly from: readonly string[];
}

/** Pairs by name. */
export function namedPairs(names: readonly string[], pairs: readonly Pair[]): Pairs {
  return {
    count: pairs.length,
    first: pairs.slice(0, mostNamed).map(([a, b]) => [names[a] ?? "", names[b] ?? ""] as const),
  };
}

/** Who is cut off from whom: the nodes that lose most first, and each pair is named once, so that a node that loses all is one entry. */
export function cutOffs(names: readonly string[], cut: readonly Pair[]): readonly CutOff[] {
  const lost = new Map<number, number[]>();
  const note = (node: number, other: number): void => {
    const others = lost.get(node);
    if (others === undefined) lost.set(node, [other]);
    else others.push(other);
  };
  for (const [a, b] of cut) {
    note(a, b);
    note(b, a);
  }
  const order = [...lost].sort(([one, its], [other, others]) => others.length - its.length || one - other);
  const named = new Set<number>();
  const found: CutOff[] = [];
  for (const [node, others] of order) {
    if (found.length === mostNamed) break;
    const unnamed = others.filter((other) => !named.has(other)).sort((one, other) => one - other);
    named.add(node);
    if (unnamed.length === 0) continue;
    const from = unnamed.slice(0, mostNamed).map((other) => names[other] ?? "");
    found.push({ node: names[node] ?? "", count: unnamed.length, from });
  }
  return found;
}
