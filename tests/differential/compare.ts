/** Two engines' answers, made comparable. */
const TOLERANCE = 1e-9;

export type Cell = string | number | boolean | null;

/** A value of either engine: numbers of all types as numbers where these are exact, the rest as text. */
export function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean' || typeof value === 'number') return value === 0 ? 0 : value;
  if (typeof value === 'bigint') return Number(value);
  const text = String(value as { toString(): string });
  return /^-?\d+\.\d+$/.test(text) ? Number(text) || 0 : text;
}

/** Rows in an order of their own, when they have none. */
export function arrange(rows: readonly Cell[][], ordered: boolean): Cell[][] {
  if (ordered) return [...rows];
  const key = (row: readonly Cell[]): string =>
    JSON.stringify(row.map((cell) => (typeof cell === 'number' ? cell.toPrecision(6) : cell)));
  return rows
    .map((row) => ({ row, key: key(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row);
}

export function isSame(a: Cell, b: Cell): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'number' || typeof b !== 'number') return false;
  return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
}

/** The first difference, in words; undefined if there is none. */
export function difference(ours: readonly Cell[][], theirs: readonly Cell[][]): string | undefined {
  if (ours.length !== theirs.length) return `${ours.length} rows, ${theirs.length} expected`;
  for (const [r, row] of ours.entries()) {
    const other = theirs[r]!;
    if (row.length !== other.length || row.some((cell, c) => !isSame(cell, other[c]!)))
      return `row ${r}: ${JSON.stringify(row.map(String))}, ${JSON.stringify(other.map(String))} expected`;
  }
  return undefined;
}
