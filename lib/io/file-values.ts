import type { ColumnTest, TestValue } from '../core/types/column-test.js';
import { physicalTypeOf } from '../core/types/physical-type.js';
import { unreachable } from '../core/errors.js';
import type { DataType } from '../core/types/data-type.js';

/** A column that has one value in all rows of a file: few different ones, and for each file which. Goes to executors as JSON. */
export interface FileValues {
  readonly type: DataType;
  readonly values: readonly (TestValue | null)[];
  /** By file. */
  readonly codes: readonly number[];
}

/** For each of a column's different values whether a row of it passes a test. */
export function passing({ type, values }: FileValues, test: ColumnTest): readonly boolean[] {
  const isDigits = ['i64', 'i128'].includes(physicalTypeOf(type) ?? '');
  const compare = (a: TestValue, b: TestValue): number => {
    if (isDigits) return compareWith(BigInt(a), BigInt(b));
    if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(String(b)));
    return compareWith(Number(a), Number(b));
  };
  return values.map((value) => passes(value, test, compare));
}

function compareWith(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function passes(value: TestValue | null, test: ColumnTest, compare: (a: TestValue, b: TestValue) => number): boolean {
  if (value === null) return test.op === 'is_null';
  switch (test.op) {
    case 'is_null':
      return false;
    case 'is_not_null':
      return true;
    case 'in':
      return test.values.some((member) => compare(value, member) === 0);
    case 'starts_with':
      return String(value).startsWith(test.value);
    case '=':
      return compare(value, test.value) === 0;
    case '<':
      return compare(value, test.value) < 0;
    case '<=':
      return compare(value, test.value) <= 0;
    case '>':
      return compare(value, test.value) > 0;
    case '>=':
      return compare(value, test.value) >= 0;
    default:
      return unreachable(test);
  }
}
