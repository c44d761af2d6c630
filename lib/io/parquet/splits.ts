import { FileSource } from '../byte-source.js';
import type { ScanSplit, SplitRequest } from '../source.js';
import { offsetIndexOf, pageOf } from './offset-index.js';
import { openFooter, type ParquetFile } from './footer.js';
import type { ParquetDetail } from './inspect.js';
import type { ColumnChunk } from './metadata.js';
import type { OffsetIndex } from './page-index.js';
import { groupFilter } from './statistics.js';

/** Bytes of a partition, about. */
const PARTITION_BYTES = 128 * 1024 * 1024;
/** Rows of a task at most, when a task's piece is as large as it is by default. */
const TASK_ROWS = 131_072;
const TASK_BYTES = 2 * 1024 * 1024;
/** A row group is cut where it has so many times a task's rows. */
const CUT_FROM = 1.25;
/** A cut moves by such a part of a task at most. */
const NEAR_PART = 4;
/** Full batches. */
const ROWS_STEP = 2048;

/**
 * A task's piece: rows `from`..`to` of row group `first` if it is also the `last`; else all rows of both and of those between them. `skipped` row groups before it, or behind it where it is the last piece, cannot have a row that
 * passes the conditions, by their statistics. A piece whose `last` is before its `first` has no rows.
 */
export const SPLIT = { file: 0, first: 1, last: 2, from: 3, to: 4, skipped: 5 } as const;

/** Row groups cut into tasks: large ones by rows, small ones together. */
export function splitParquet(detail: ParquetDetail, { bytes, tests, files }: SplitRequest): ScanSplit[] {
  const splits: { partition: number; split: number[] }[] = [];
  const taskRows = Math.max(1, Math.min(TASK_ROWS, Math.floor((TASK_ROWS * bytes) / TASK_BYTES)));
  let partition = 0;
  let filled = 0;
  let skipped = 0;
  const add = (split: number[], pieceBytes: number): void => {
    if (filled > 0 && filled + pieceBytes > PARTITION_BYTES) {
      partition++;
      filled = 0;
    }
    filled += pieceBytes;
    splits.push({ partition, split: [...split, skipped] });
    skipped = 0;
  };
  for (const number of files ?? detail.files.keys()) {
    const file = openFooter(detail.files[number]!);
    const passes = groupFilter(file, detail.columns, tests);
    /** Small groups that wait for more. */
    let first = -1;
    let [rows, size] = [0, 0];
    const flush = (end: number): void => {
      if (first !== -1) add([number, first, end - 1, 0, file.metadata.groups[end - 1]!.rows], size);
      first = -1;
      [rows, size] = [0, 0];
    };
    file.metadata.groups.forEach((group, index) => {
      if (group.rows === 0) return flush(index);
      if (!passes(index)) {
        flush(index);
        skipped++;
        return;
      }
      const groupBytes = group.columns.reduce((sum, chunk) => sum + chunk.bytes, 0);
      if (first !== -1 && rows + group.rows > taskRows) flush(index);
      if (group.rows <= taskRows * CUT_FROM) {
        if (first === -1) first = index;
        rows += group.rows;
        size += groupBytes;
        return;
      }
      const pieces = Math.ceil(group.rows / taskRows);
      const step = Math.ceil(group.rows / pieces / ROWS_STEP) * ROWS_STEP;
      const even = taskRows < ROWS_STEP ? taskRows : step;
      let from = 0;
      for (const to of cuts(file, index, even)) {
        add([number, index, index, from, to], (groupBytes * (to - from)) / group.rows);
        from = to;
      }
    });
    flush(file.metadata.groups.length);
  }
  // What nobody reads is told of nevertheless.
  if (splits.length > 0) splits.at(-1)!.split[SPLIT.skipped]! += skipped;
  else if (skipped > 0) add([files?.[0] ?? 0, 0, -1, 0, 0], 0);
  return splits;
}

/**
 * Where a row group is cut: every `step` rows, or where a page of its largest column begins, if an offset index tells of one nearby: a page that lies in two tasks is decompressed twice.
 */
function cuts(file: ParquetFile, group: number, step: number): number[] {
  const { rows, columns } = file.metadata.groups[group]!;
  const largest = columns.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  const index = step < ROWS_STEP ? undefined : offsetIndexThere(file, largest, rows);
  const ends: number[] = [];
  for (let row = step; row < rows; row += step) {
    const near = index === undefined ? row : nearestPage(index, row);
    const cut = Math.abs(near - row) * NEAR_PART <= step ? near : row;
    if (cut > (ends.at(-1) ?? 0) && cut < rows) ends.push(cut);
  }
  return [...ends, rows];
}

function offsetIndexThere(file: ParquetFile, chunk: ColumnChunk, rows: number): OffsetIndex | undefined {
  if (chunk.offsetIndexOffset <= 0) return undefined;
  const open = new FileSource(file.facts);
  try {
    return offsetIndexOf(file, open, chunk, rows);
  } finally {
    open.close();
  }
}

function nearestPage(index: OffsetIndex, row: number): number {
  const page = pageOf(index, row);
  const [before, behind] = [index.firstRows[page] ?? row, index.firstRows[page + 1] ?? row];
  return row - before <= behind - row ? before : behind;
}

/** Rows that a split means of a row group. */
export function rowsOfGroup(
  file: ParquetFile,
  split: readonly number[],
  group: number,
): { readonly from: number; readonly to: number } {
  if (split[SPLIT.first] === split[SPLIT.last]) return { from: split[SPLIT.from]!, to: split[SPLIT.to]! };
  return { from: 0, to: file.metadata.groups[group]!.rows };
}
