/** More edits make it another word, however long it is. */
const maxEdits = 4;

/** Candidates that are compared: among so many, a word that is near is near by chance. */
const maxCandidates = 1000;

/** The known word that was probably meant: the one with the fewest edits, if these are few for its length. In a time that hostile files cannot make long. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const limit = Math.min(maxEdits, Math.max(1, Math.floor(word.length / 3)));
  let nearest: string | undefined;
  let fewest = limit + 1;
  const near = known.filter(({ length }) => Math.abs(length - word.length) <= limit);
  for (const candidate of near.slice(0, maxCandidates)) {
    const edits = editDistance(word.toLowerCase(), candidate.toLowerCase(), fewest - 1);
    if (edits < fewest) [nearest, fewest] = [candidate, edits];
  }
  return nearest;
}

/** Levenshtein's distance, with a swap of neighbours counted as one edit: it is the commonest slip of the fingers. Above the limit, Infinity. */
function editDistance(a: string, b: string, limit: number): number {
  const width = b.length + 1;
  let [before, last] = [new Array<number>(width).fill(Infinity), Array.from({ length: width }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = new Array<number>(width).fill(Infinity);
    if (i <= limit) row[0] = i;
    // A cell so far from the diagonal has more edits than the limit.
    for (let j = Math.max(1, i - limit); j <= Math.min(b.length, i + limit); j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (last[j] ?? Infinity) + 1,
        (row[j - 1] ?? Infinity) + 1,
        (last[j - 1] ?? Infinity) + same,
        isSwapped ? (before[j - 2] ?? Infinity) + 1 : Infinity,
      );
    }
    if (Math.min(...row, ...last) > limit) return Infinity;
    [before, last] = [last, row];
  }
  const edits = last[b.length] ?? Infinity;
  return edits > limit ? Infinity : edits;
}
