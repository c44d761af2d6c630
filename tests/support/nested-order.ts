import type { DataType } from '../../lib/core/types/data-type.js';

/** Spark's order of values of one type, null first. */
export function orderOf(type: DataType, a: unknown, b: unknown): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  switch (type.kind) {
    case 'array':
      return orderLists(type.element, a as unknown[], b as unknown[]);
    case 'map': {
      const [x, y] = [[...(a as Map<unknown, unknown>)], [...(b as Map<unknown, unknown>)]];
      const keys = orderLists(
        type.key,
        x.map(([key]) => key),
        y.map(([key]) => key),
      );
      return keys !== 0
        ? keys
        : orderLists(
            type.value,
            x.map(([, value]) => value),
            y.map(([, value]) => value),
          );
    }
    case 'struct': {
      for (const { name, type: of } of type.fields) {
        const by = orderOf(of, Object.getOwnPropertyDescriptor(a, name)!.value, Object.getOwnPropertyDescriptor(b, name)!.value);
        if (by !== 0) return by;
      }
      return 0;
    }
    case 'double': {
      const [x, y] = [a as number, b as number];
      if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
      return Math.sign(x - y) || 0;
    }
    case 'string':
      return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string));
    case 'binary':
      return Buffer.compare(a as Uint8Array, b as Uint8Array);
    case 'decimal': {
      const [x, y] = [a, b].map((text) => BigInt((text as string).replace('.', '')));
      return x! < y! ? -1 : x! > y! ? 1 : 0;
    }
    case 'date': {
      const [x, y] = [a, b].map((text) =>
        Date.parse(/^\d{4}-/.test(text as string) ? (text as string) : sixDigits(text as string)),
      );
      return Math.sign(x! - y!);
    }
    default:
      return Math.sign(Number(a) - Number(b));
  }
}

/** Years as JavaScript parses them beyond four digits. */
function sixDigits(text: string): string {
  const [, sign, year, rest] = /^([+-])(\d+)(.*)$/.exec(text)!;
  return `${sign}${year!.padStart(6, '0')}${rest}`;
}

function orderLists(type: DataType, a: readonly unknown[], b: readonly unknown[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const by = orderOf(type, a[i], b[i]);
    if (by !== 0) return by;
  }
  return Math.sign(a.length - b.length);
}
