/** The word that was probably meant, by edit distance. */

/** Edits (insert, delete, replace, swap of neighbours) from `a` to `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j - 1]! + (same ? 0 : 1), last[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

const LONGEST_COMPARED = 32;

/** The candidate nearest to `word` in upper case, if it is near; the first of equals. A third of the letters may be wrong. */
export function probablyMeant(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST_COMPARED || word.length < 2) return undefined;
  const upper = word.toUpperCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(upper.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(upper, candidate.toUpperCase());
    if (distance === 0 || distance >= bestDistance || distance >= candidate.length - 1) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}
