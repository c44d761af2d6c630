/** Of names the first that differs by case, or by one edit: for "did you mean". */
export function nearestName(wanted: string, names: readonly string[]): string | undefined {
  const name = wanted.toLowerCase();
  return names.find((entry) => entry.toLowerCase() === name || isOneEditAway(entry.toLowerCase(), name));
}

/** One character more, less, other, or two swapped. */
function isOneEditAway(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  let j = 0;
  while (j < Math.min(a.length, b.length) - i && a[a.length - 1 - j] === b[b.length - 1 - j]) j++;
  const [x, y] = [a.slice(i, a.length - j), b.slice(i, b.length - j)];
  return (x.length <= 1 && y.length <= 1) || (x.length === 2 && x[0] === y[1] && x[1] === y[0]);
}
