/** Names close to a misspelt one. */

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

const LONGEST_COMPARED = 64;

/** The names nearest to `name`, best first; ties keep their order. */
export function nearest(name: string, names: Iterable<string>, count: number): string[] {
  const wanted = name.toLowerCase().slice(0, LONGEST_COMPARED);
  return [...new Set(names)]
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase().slice(0, LONGEST_COMPARED)) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map((n) => n.candidate);
}

/** The one name that was probably meant; `undefined` when none is close. */
export function probably(name: string, names: Iterable<string>): string | undefined {
  const [best] = nearest(name, names, 1);
  return best !== undefined && editDistance(name.toLowerCase(), best.toLowerCase()) <= Math.max(1, Math.floor(name.length / 3))
    ? best
    : undefined;
}
