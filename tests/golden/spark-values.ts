import { dayTimeIntervalText } from '../../lib/core/types/javascript-values.js';

const DOUBLE_TOLERANCE = 1e-15;
const TIMESTAMP = /^[+-]?\d{4,}-\d\d-\d\d \d\d:\d\d:\d\d/;

/** Whether rows are what Spark gives; without ORDER BY in any order. */
export function sameRows(
  actual: readonly (readonly unknown[])[],
  expected: readonly (readonly unknown[])[],
  types: readonly string[],
  ordered: boolean,
): boolean {
  if (actual.length !== expected.length) return false;
  if (sameInOrder(actual, expected, types)) return true;
  return !ordered && sameInOrder(sorted(actual, types), sorted(expected, types), types);
}

function sameInOrder(
  actual: readonly (readonly unknown[])[],
  expected: readonly (readonly unknown[])[],
  types: readonly string[],
): boolean {
  return actual.every((row, i) => types.every((type, column) => sameValue(row[column], expected[i]![column], type)));
}

function sorted(rows: readonly (readonly unknown[])[], types: readonly string[]): (readonly unknown[])[] {
  const key = (row: readonly unknown[]): string => JSON.stringify(row.map((value, column) => plain(value, types[column]!)));
  return rows.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** Exact, but doubles may differ by 1e-15 of their size. */
export function sameValue(actual: unknown, expected: unknown, type: string): boolean {
  const [left, right] = [plain(actual, type), plain(expected, type)];
  if (left === right) return true;
  if (type !== 'double' && type !== 'float') return false;
  const [a, b] = [Number(left), Number(right)];
  return left !== null && right !== null && Math.abs(a - b) <= DOUBLE_TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}

/** One form for the corpus's values and for quern's. */
function plain(value: unknown, type: string): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value === 'object') {
    if ('hex' in value) return String(value.hex);
    if ('micros' in value) return dayTimeIntervalText(BigInt(String(value.micros)));
    return JSON.stringify(value);
  }
  const text = Object.is(value, -0) ? '-0' : String(value as string | number | bigint | boolean);
  if ((type === 'timestamp' || type === 'timestamp_ntz') && TIMESTAMP.test(text))
    return text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
  if (type.startsWith('interval') && !text.startsWith('INTERVAL')) return text;
  return text;
}
