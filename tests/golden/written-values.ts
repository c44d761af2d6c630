import type { DataType } from '../../lib/core/types/data-type.js';

/** Whether a value is what the JSON beside a file of another writer says: parquet-writers/make.py tells how. */
export function sameValue(value: unknown, expected: unknown, type: DataType): boolean {
  if (value === null || value === undefined || expected === null || expected === undefined)
    return (value ?? null) === (expected ?? null);
  switch (type.kind) {
    case 'float':
    case 'double':
      return Object.is(value, floatOf(expected as string));
    case 'timestamp':
    case 'timestamp_ntz':
      return BigInt((value as Date).getTime()) === floorDivide(BigInt(expected as string), 1000n);
    case 'binary':
      return Buffer.from(value as Uint8Array).toString('hex') === expected;
    case 'array': {
      const [list, wanted] = [value as readonly unknown[], expected as readonly unknown[]];
      return list.length === wanted.length && list.every((element, i) => sameValue(element, wanted[i], type.element));
    }
    case 'struct': {
      const [row, wanted] = [value as Readonly<Record<string, unknown>>, expected as Readonly<Record<string, unknown>>];
      const names = type.fields.map(({ name }) => name);
      return (
        names.length === Object.keys(wanted).length &&
        type.fields.every(({ name, type: inner }) => name in wanted && sameValue(row[name], wanted[name], inner))
      );
    }
    case 'map': {
      const [entries, wanted] = [[...(value as ReadonlyMap<unknown, unknown>)], expected as readonly (readonly unknown[])[]];
      return (
        entries.length === wanted.length &&
        entries.every(([key, v], i) => sameValue(key, wanted[i]![0], type.key) && sameValue(v, wanted[i]![1], type.value))
      );
    }
    case 'boolean':
      return value === expected;
    default:
      return `${value as string | number | bigint}` === expected;
  }
}

/** Python's names of what is not finite. */
function floatOf(text: string): number {
  const special = new Map([
    ['nan', Number.NaN],
    ['inf', Infinity],
    ['-inf', -Infinity],
  ]);
  return special.get(text) ?? Number(text);
}

const floorDivide = (value: bigint, by: bigint): bigint => (value - (((value % by) + by) % by)) / by;

/** Microseconds since 1970 as the text of a timestamp. */
export function timestampText(micros: unknown): string | null {
  if (micros === null || micros === undefined) return null;
  const value = BigInt(micros as string);
  const seconds = floorDivide(value, 1_000_000n);
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  const fraction = String(value - seconds * 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
