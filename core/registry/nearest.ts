/** The known word that was probably meant: the one with the fewest edits, if these are few for its length. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let nearest: string | undefined;
  let fewest = limit + 1;
  for (const candidate of known) {
    // The length bound also keeps a hostile, very long word cheap.
    if (Math.abs(candidate.length - word.length) > limit) continue;
    const edits = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) [nearest, fewest] = [candidate, edits];
  }
  return nearest;
}

/** Levenshtein's distance, with a swap of neighbours counted as one edit: it is the commonest slip of the fingers. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [];
  const cell = (i: number, j: number): number => rows[i]?.[j] ?? Infinity;
  for (let i = 0; i <= a.length; i++) {
    const row: number[] = [];
    rows.push(row);
    for (let j = 0; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] =
        i === 0 || j === 0
          ? i + j
          : Math.min(
              cell(i - 1, j) + 1,
              (row[j - 1] ?? 0) + 1,
              cell(i - 1, j - 1) + same,
              swapped ? cell(i - 2, j - 2) + 1 : Infinity,
            );
    }
  }
  return rows[a.length]?.[b.length] ?? Infinity;
}
