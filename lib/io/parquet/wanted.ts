import { DataError } from '../../core/errors.js';
import type { ColumnTest } from '../../core/types/column-test.js';
import { FileSource } from '../byte-source.js';
import type { Wanted } from '../source.js';
import { fileColumn } from './file-columns.js';
import { openFooter, type ParquetFile } from './footer.js';
import type { ParquetColumn, ParquetDetail } from './inspect.js';
import { indexedRows, intersect, type RowRange } from './page-pruning.js';
import { leavesOf } from './schema.js';
import { groupFilter, prepareTests } from './statistics.js';

/** Of how many row groups at most page indexes are looked at before there are tasks: the thread of the driver does it, to find out that little is left. */
const INDEXED_GROUPS_MAX = 4;
/** Of a column index, in the file. */
const INDEX_BYTES_MAX = 256 * 1024;
/** Bytes, values and rows that take as long as one byte of CSV. */
const BYTES_PER_EFFORT = 3;
const VALUES_PER_EFFORT = 3;
/** Rows alone, as for counting. */
const ROWS_PER_EFFORT = 32;
/** Bytes once they are decompressed cost half as much again. */
const TEXT_PART = 0.5;

interface Survivor {
  readonly file: ParquetFile;
  readonly group: number;
}

/** What a query of these columns reads, in row groups that statistics do not rule out, and where few of those are left, in pages that page indexes do not rule out. */
export function wantedOf(
  { files, columns }: ParquetDetail,
  wanted: readonly number[],
  tests: readonly ColumnTest[],
  numbers: readonly number[] = files.map((_, i) => i),
): Wanted {
  const survivors: Survivor[] = [];
  for (const number of numbers) {
    const file = openFooter(files[number]!);
    const passes = groupFilter(file, columns, tests);
    for (let group = 0; group < file.metadata.groups.length; group++) if (passes(group)) survivors.push({ file, group });
  }
  const looksAtIndexes = tests.length > 0 && survivors.length <= INDEXED_GROUPS_MAX;
  let bytes = 0;
  let effort = 0;
  for (const { file, group } of survivors) {
    const { rows, columns: chunks } = file.metadata.groups[group]!;
    const part = looksAtIndexes && rows > 0 ? rowsLeft(file, group, columns, tests) / rows : 1;
    if (part === 0) continue;
    effort += (rows * part) / ROWS_PER_EFFORT;
    for (const column of wanted) {
      const place = fileColumn(file, columns[column]!);
      for (const { leaf } of place.kind === 'absent' ? [] : leavesOf(place.node)) {
        const chunk = chunks[leaf];
        if (chunk === undefined) continue;
        const { dataOffset, dictionaryOffset, uncompressedBytes, values } = chunk;
        const dictionary = dictionaryOffset > 0 ? Math.min(chunk.bytes, Math.max(0, dataOffset - dictionaryOffset)) : 0;
        const read = dictionary + (chunk.bytes - dictionary) * part;
        const text = (uncompressedBytes * read) / Math.max(1, chunk.bytes);
        bytes += Math.ceil(read);
        effort += Math.max(read, text * TEXT_PART) / BYTES_PER_EFFORT + (values * part) / VALUES_PER_EFFORT;
      }
    }
  }
  return { bytes, effort: Math.ceil(effort) };
}

/** Rows of a group that page indexes leave. What is wrong with an index is told by the task that reads the group. */
function rowsLeft(file: ParquetFile, group: number, columns: readonly ParquetColumn[], tests: readonly ColumnTest[]): number {
  const { rows, columns: chunks } = file.metadata.groups[group]!;
  let left: RowRange[] = [{ from: 0, to: rows }];
  let open: FileSource | undefined;
  try {
    for (const test of prepareTests(columns, tests)) {
      const column = fileColumn(file, columns[test.column]!);
      if (column.kind !== 'leaf' || !column.isExact) continue;
      const { leaf, element } = column.node;
      const chunk = chunks[leaf];
      if (chunk === undefined || chunk.columnIndexOffset <= 0 || chunk.columnIndexLength > INDEX_BYTES_MAX) continue;
      open ??= new FileSource(file.facts);
      const found = indexedRows(file, open, chunk, rows, element, column.conversion, test);
      if (found !== undefined) left = intersect(left, found.ranges);
    }
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return rows;
  } finally {
    open?.close();
  }
  return left.reduce((sum, { from, to }) => sum + to - from, 0);
}
