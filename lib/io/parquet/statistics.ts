import type { ColumnTest } from '../../core/types/column-test.js';
import { compareValues, comparableOf, boundOf, type Comparable } from './comparable.js';
import { fileColumn, type FileColumn } from './file-columns.js';
import type { ParquetFile } from './footer.js';
import type { ParquetColumn } from './inspect.js';
import type { Conversion } from './column-types.js';
import { PHYSICAL, type ColumnChunk, type SchemaElement } from './metadata.js';

/** What is known of some values of a column. Bounds hold for all of them that are neither null nor NaN; absent: unknown. */
export interface ValueRange {
  readonly min?: Comparable | undefined;
  readonly max?: Comparable | undefined;
  /** −1: unknown. */
  readonly nulls: number;
  readonly rows: number;
}

/** A condition on a column, its constants ready to be compared. */
export interface PreparedTest {
  readonly column: number;
  readonly op: ColumnTest['op'];
  readonly values: readonly Comparable[];
  readonly test: ColumnTest;
}

/** Conditions that statistics can say something about. */
export function prepareTests(columns: readonly ParquetColumn[], tests: readonly ColumnTest[]): PreparedTest[] {
  return tests.flatMap((test) => {
    const { type } = columns[test.column]!;
    const texts = 'values' in test ? test.values : 'value' in test ? [test.value] : [];
    const values: Comparable[] = [];
    for (const text of texts) {
      const value = comparableOf(text, type);
      if (value === undefined) return [];
      values.push(value);
    }
    return [{ column: test.column, op: test.op, values, test }];
  });
}

/** Whether some of the values may pass. NaN is the largest number: bounds say nothing of it, so nothing above them is ruled out for floats. */
export function mayPass({ op, values }: PreparedTest, { min, max, nulls, rows }: ValueRange, hasNaN: boolean): boolean {
  if (op === 'is_null') return nulls !== 0;
  if (nulls === rows) return false;
  const [value] = values;
  switch (op) {
    case 'is_not_null':
      return true;
    case '=':
    case 'in':
      return values.some(
        (v) => (min === undefined || compareValues(v, min) >= 0) && (max === undefined || compareValues(v, max) <= 0),
      );
    case '<':
      return min === undefined || compareValues(min, value!) < 0;
    case '<=':
      return min === undefined || compareValues(min, value!) <= 0;
    case '>':
      return hasNaN || max === undefined || compareValues(max, value!) > 0;
    case '>=':
      return hasNaN || max === undefined || compareValues(max, value!) >= 0;
    case 'starts_with': {
      const prefix = value as Uint8Array;
      if (max !== undefined && compareValues(max, prefix) < 0) return false;
      return min === undefined || compareValues((min as Uint8Array).subarray(0, prefix.length), prefix) <= 0;
    }
  }
}

/** Which row groups may have rows that pass, by their statistics. */
export function groupFilter(
  file: ParquetFile,
  columns: readonly ParquetColumn[],
  tests: readonly ColumnTest[],
): (group: number) => boolean {
  if (tests.length === 0) return () => true;
  const prepared = prepareTests(columns, tests).map((test) => ({ test, column: fileColumn(file, columns[test.column]!) }));
  return (group) => prepared.every(({ test, column }) => groupMayPass(file, group, test, column));
}

function groupMayPass(file: ParquetFile, group: number, test: PreparedTest, column: FileColumn): boolean {
  const { rows, columns } = file.metadata.groups[group]!;
  if (column.kind === 'absent') return test.op === 'is_null';
  if (column.kind === 'nested' || !column.isExact) return true;
  const chunk = columns[column.node.leaf];
  if (chunk === undefined) return true;
  return mayPass(
    test,
    chunkRange(file.metadata.bytes, chunk, column.node.element, column.conversion, rows),
    canBeNaN(column.node.element),
  );
}

export function canBeNaN({ type, logical }: SchemaElement): boolean {
  return type === PHYSICAL.float || type === PHYSICAL.double || logical?.kind === 'float16';
}

/** What a chunk's statistics in the footer say. */
export function chunkRange(
  footer: Uint8Array,
  chunk: ColumnChunk,
  element: SchemaElement,
  conversion: Conversion,
  rows: number,
): ValueRange {
  const nulls = chunk.nulls;
  if (chunk.isOldOrder && !hasOldOrder(element)) return { nulls, rows };
  let min = chunk.minAt === -1 ? undefined : boundOf(footer, chunk.minAt, chunk.minLength, element, conversion);
  let max = chunk.maxAt === -1 ? undefined : boundOf(footer, chunk.maxAt, chunk.maxLength, element, conversion);
  // Bounds the wrong way round are no bounds.
  if (min !== undefined && max !== undefined && compareValues(min, max) > 0) [min, max] = [undefined, undefined];
  return { min, max, nulls, rows };
}

/** Old files ordered everything as signed numbers, whatever it was: only what is signed numbers can be used. */
function hasOldOrder({ type, logical }: SchemaElement): boolean {
  if (type === PHYSICAL.byteArray || type === PHYSICAL.fixed || type === PHYSICAL.int96) return false;
  return logical?.kind !== 'integer' || logical.isSigned;
}
