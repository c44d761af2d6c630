import { QueryError } from '../core/errors.js';

const UNITS: { readonly [unit: string]: number } = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Bytes of a size like `512m`, `1.5g`, `2gib` or a plain number. */
export function memorySize(size: string | number): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmg]?)(?:i?b)?\s*$/i.exec(String(size));
  const bytes = match === null ? NaN : Number(match[1]) * UNITS[match[2]!.toLowerCase()]!;
  if (!(bytes >= 1))
    throw new QueryError({
      code: 'INVALID_PARAMETER_VALUE',
      message: `The option memory must be a size like '512m' or '2g', not '${size}'.`,
    });
  return Math.floor(bytes);
}
