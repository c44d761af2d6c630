import { physicalTypeOf } from '../../core/types/physical-type.js';
import type { ColumnFacts, FactValue, SourceFacts } from '../source.js';
import { compareValues, type Comparable } from './comparable.js';
import { fileColumn } from './file-columns.js';
import { openFooter, type ParquetFile } from './footer.js';
import type { ParquetColumn, ParquetDetail } from './inspect.js';
import { chunkRange } from './statistics.js';

/** What is known of a column so far, over some row groups. */
interface Gathered {
  nulls: number | undefined;
  min: Comparable | undefined;
  max: Comparable | undefined;
  /** There were values of which a bound is not known. */
  isOpen: boolean;
}

/** What the footers say of all rows of files, where that is exact. */
export function parquetFacts(
  { files, columns }: ParquetDetail,
  wanted: readonly number[],
  numbers?: readonly number[],
): SourceFacts {
  const gathered = new Map<number, Gathered>(
    wanted.map((column) => [column, { nulls: 0, min: undefined, max: undefined, isOpen: !hasExactBounds(columns[column]!) }]),
  );
  let rows = 0;
  for (const number of numbers ?? files.keys()) {
    const file = openFooter(files[number]!);
    rows += file.metadata.rows;
    for (const [column, facts] of gathered) gatherColumn(file, columns[column]!, facts);
  }
  return { rows, columns: new Map([...gathered].map(([column, facts]) => [column, factsOf(facts, columns[column]!)])) };
}

/** Bounds of strings may be cut, and those of floats leave out NaN. */
function hasExactBounds({ type }: ParquetColumn): boolean {
  const physical = physicalTypeOf(type);
  return physical !== 'view' && physical !== 'f64';
}

function gatherColumn(file: ParquetFile, wanted: ParquetColumn, facts: Gathered): void {
  const column = fileColumn(file, wanted);
  const { groups, bytes } = file.metadata;
  if (column.kind === 'absent') {
    if (facts.nulls !== undefined) facts.nulls += file.metadata.rows;
    return;
  }
  if (column.kind === 'nested' || !column.isExact) {
    facts.nulls = undefined;
    facts.isOpen = true;
    return;
  }
  for (const { rows, columns } of groups) {
    const chunk = columns[column.node.leaf];
    if (chunk === undefined) {
      facts.nulls = undefined;
      facts.isOpen = true;
      return;
    }
    const nulls = column.node.definition === 0 ? 0 : chunk.nulls;
    facts.nulls = facts.nulls === undefined || nulls === -1 ? undefined : facts.nulls + nulls;
    if (nulls === rows || facts.isOpen) continue;
    const { min, max } = chunkRange(bytes, chunk, column.node.element, column.conversion, rows);
    if (min === undefined || max === undefined || !chunk.isMinExact || !chunk.isMaxExact) {
      facts.isOpen = true;
      continue;
    }
    if (facts.min === undefined || compareValues(min, facts.min) < 0) facts.min = min;
    if (facts.max === undefined || compareValues(max, facts.max) > 0) facts.max = max;
  }
}

function factsOf({ nulls, min, max, isOpen }: Gathered, { type }: ParquetColumn): ColumnFacts {
  const value = (bound: Comparable | undefined): FactValue | undefined => {
    if (isOpen || bound instanceof Uint8Array) return undefined;
    if (bound === undefined) return null;
    return physicalTypeOf(type) === 'bool' ? bound === 1 : bound;
  };
  return { nulls, min: value(min), max: value(max) };
}
