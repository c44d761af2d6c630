import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
} from '@duckdb/node-api';
import * as types from '../../lib/core/types/data-type.js';
import type { DataType } from '../../lib/core/types/data-type.js';
import { seededRandom, type Random } from '../support/random.js';

/** Values of all types that Parquet files hold, as literals are. */

const TEXTS = [
  '',
  'a',
  'zwölf Zeichen',
  'exactly12chr',
  'thirteen char',
  '𝒳 outside of the plane',
  '日本語のテキスト',
  '\u0000',
  '\u{10ffff}',
];
const FLOATS = [0, -0, 1.5, -1.5, Number.NaN, Infinity, -Infinity, 5e-324, 1.7976931348623157e308, 0.1];

function whole(random: Random, bits: number): bigint {
  const limit = 2n ** BigInt(bits - 1);
  if (random.bool(0.1)) return random.pick([-limit, limit - 1n, 0n, -1n]);
  let value = 0n;
  for (let i = 0; i < bits; i += 32) value = (value << 32n) | BigInt(random.below(2 ** 32));
  return BigInt.asIntN(bits, value);
}

function digits(random: Random, precision: number): bigint {
  const limit = 10n ** BigInt(precision);
  if (random.bool(0.1)) return random.pick([limit - 1n, 1n - limit, 0n]);
  return whole(random, 129) % limit;
}

function text(random: Random): string {
  if (random.bool(0.4)) return random.pick(TEXTS);
  // Long ones have a common beginning longer than limits are cut to.
  const start = random.bool(0.2) ? 'x'.repeat(random.between(55, 70)) : '';
  return start + Array.from({ length: random.below(40) }, () => random.pick(['a', 'ü', '語', '𝒳', '\uffff', '\ud7ff'])).join('');
}

function bytes(random: Random): Uint8Array {
  const high = random.bool(0.2);
  return Uint8Array.from({ length: random.pick([0, 3, 12, 13, 64, 65, 100]) }, () => (high ? 255 : random.below(256)));
}

/** A value of a flat type. */
export function randomCell(type: DataType, random: Random): unknown {
  switch (type.kind) {
    case 'boolean':
      return random.bool();
    case 'tinyint':
      return Number(whole(random, 8));
    case 'smallint':
      return Number(whole(random, 16));
    case 'int':
      return Number(whole(random, 32));
    case 'bigint':
      return whole(random, 64);
    case 'float':
      return Math.fround(random.bool(0.3) ? random.pick(FLOATS) : random.next() * 1e6 - 5e5);
    case 'double':
      return random.bool(0.3) ? random.pick(FLOATS) : random.next() * 1e6 - 5e5;
    case 'decimal':
      return digits(random, type.precision);
    case 'string':
      return text(random);
    case 'binary':
      return bytes(random);
    case 'date':
      return random.between(-719_162, 2_932_896);
    case 'timestamp':
    case 'timestamp_ntz':
      return BigInt(random.between(-62_135_596_800, 253_402_300_799)) * 1_000_000n + BigInt(random.below(1_000_000));
    default:
      return null;
  }
}

export const FLAT_TYPES: readonly DataType[] = [
  types.BOOLEAN,
  types.TINYINT,
  types.SMALLINT,
  types.INT,
  types.BIGINT,
  types.FLOAT,
  types.DOUBLE,
  types.decimal(4, 2),
  types.decimal(9, 0),
  types.decimal(10, 3),
  types.decimal(18, 18),
  types.decimal(19, 4),
  types.decimal(38, 10),
  types.STRING,
  types.BINARY,
  types.DATE,
  types.TIMESTAMP,
  types.TIMESTAMP_NTZ,
  types.NULL,
];

/** How DuckDB's values and ours are written down to be compared. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof DuckDBDateValue) return String(value.days);
  if (value instanceof DuckDBTimestampTZValue || value instanceof DuckDBTimestampValue) return String(value.micros);
  if (value instanceof DuckDBDecimalValue) return String(value.value);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('hex');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Object.is(value, -0)) return '-0';
  return String(value as number | bigint | boolean);
}

/** A generator whose seed fast-check prints. */
export function quietRandom(seed: number): Random {
  const log = console.log;
  console.log = () => {};
  try {
    return seededRandom('', seed);
  } finally {
    console.log = log;
  }
}
