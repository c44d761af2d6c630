import type { TestValue } from '../../core/types/column-test.js';
import type { DataType } from '../../core/types/data-type.js';
import { physicalTypeOf } from '../../core/types/physical-type.js';
import { floorDiv } from '../../core/types/javascript-values.js';
import type { Conversion } from './column-types.js';
import { PHYSICAL, type SchemaElement } from './metadata.js';

/**
 * A value that statistics and conditions can be compared by: numbers of bool, i32 and f64 columns, bigints of i64 and i128 ones, bytes of strings.
 */
export type Comparable = number | bigint | Uint8Array;

/** Negative, 0 or positive. Both are of the same kind. */
export function compareValues(a: Comparable, b: Comparable): number {
  if (a instanceof Uint8Array || b instanceof Uint8Array)
    return a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) : 0;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A condition's constant. */
export function comparableOf(value: TestValue, type: DataType): Comparable | undefined {
  switch (physicalTypeOf(type)) {
    case 'bool':
      return value === true ? 1 : 0;
    case 'i32':
    case 'f64':
      return typeof value === 'number' ? value : undefined;
    case 'i64':
    case 'i128':
      return BigInt(value);
    case 'view':
      return typeof value === 'string' && type.kind === 'string' ? Buffer.from(value) : undefined;
    default:
      return undefined;
  }
}

/** What a bound in the statistics of a leaf means, in the units of its column; undefined where it says nothing. */
export function boundOf(
  bytes: Uint8Array,
  at: number,
  length: number,
  { type, typeLength, logical }: SchemaElement,
  conversion: Conversion,
): Comparable | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, length);
  switch (type) {
    case PHYSICAL.boolean:
      return length === 1 ? view.getUint8(0) & 1 : undefined;
    case PHYSICAL.int32:
      return length === 4 ? int32Bound(view, conversion) : undefined;
    case PHYSICAL.int64:
      return length === 8 ? int64Bound(view, conversion) : undefined;
    case PHYSICAL.float:
      return length === 4 ? orNothing(view.getFloat32(0, true)) : undefined;
    case PHYSICAL.double:
      return length === 8 ? orNothing(view.getFloat64(0, true)) : undefined;
    case PHYSICAL.byteArray:
    case PHYSICAL.fixed:
      if (conversion === 'decimal')
        return length === 0 || (type === PHYSICAL.fixed && length !== typeLength) ? undefined : bigEndian(view);
      return logical?.kind === 'string' || logical?.kind === 'enum' || logical?.kind === 'json'
        ? bytes.subarray(at, at + length)
        : undefined;
    default:
      return undefined;
  }
}

function orNothing(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

function int32Bound(view: DataView, conversion: Conversion): Comparable | undefined {
  switch (conversion) {
    case 'as_is':
      return view.getInt32(0, true);
    case 'widen':
      return BigInt(view.getInt32(0, true));
    case 'widen_unsigned':
      return BigInt(view.getUint32(0, true));
    case 'widen_times_1000':
      return BigInt(view.getInt32(0, true)) * 1000n;
    default:
      return undefined;
  }
}

function int64Bound(view: DataView, conversion: Conversion): Comparable | undefined {
  const value = view.getBigInt64(0, true);
  switch (conversion) {
    case 'as_is':
      return value;
    case 'times_1000':
      return value * 1000n;
    case 'over_1000':
      return floorDiv(value, 1000n);
    case 'unsigned_64':
      return BigInt.asUintN(64, value);
    default:
      return undefined;
  }
}

/** Two's complement, the highest byte first. */
function bigEndian(view: DataView): bigint {
  let value = BigInt(view.getInt8(0));
  for (let i = 1; i < view.byteLength; i++) value = (value << 8n) | BigInt(view.getUint8(i));
  return value;
}
