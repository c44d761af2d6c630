import type { Cell, RunAnswer } from '../rivals/protocol.js';

const RELATIVE_ERROR_MAX = 1e-9;

/** Says where the answers differ, or undefined: a fast wrong answer is no result. */
export function difference(ours: RunAnswer, theirs: RunAnswer): string | undefined {
  if (ours.rowCount !== theirs.rowCount) return `${ours.rowCount} rows against ${theirs.rowCount}`;
  for (let row = 0; row < Math.min(ours.sample.length, theirs.sample.length); row++) {
    const left = ours.sample[row]!;
    const right = theirs.sample[row]!;
    const column = left.findIndex((value, index) => !alike(value, right[index] ?? null));
    if (column >= 0) return `row ${row}, column ${column}: ${left[column]} against ${right[column]}`;
  }
  return undefined;
}

function alike(a: Cell, b: Cell): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return Math.abs(a - b) <= RELATIVE_ERROR_MAX * Math.max(Math.abs(a), Math.abs(b));
  return a === b;
}
