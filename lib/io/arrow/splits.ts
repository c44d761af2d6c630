import type { FileFacts } from '../files.js';
import type { ScanSplit, SplitRequest } from '../source.js';
import { openArrow } from './file.js';

/** Bytes of a partition, about. */
const PARTITION_BYTES = 128 * 1024 * 1024;
/** Rows of a task at most, when a task's piece is as large as it is by default. */
const TASK_ROWS = 131_072;
const TASK_BYTES = 2 * 1024 * 1024;
/** A batch is cut where it has so many times a task's rows. */
const CUT_FROM = 1.25;
/** Full batches of rows. */
const ROWS_STEP = 2048;

/** A task's piece: rows `from`..`to` of record batch `first` if it is also the `last`; else all rows of both and of those between them. */
export const SPLIT = { file: 0, first: 1, last: 2, from: 3, to: 4 } as const;

/** Record batches cut into tasks: large ones by rows unless they are compressed, small ones together. */
export function splitArrow(all: readonly FileFacts[], { bytes, files }: SplitRequest): ScanSplit[] {
  const splits: ScanSplit[] = [];
  const taskRows = Math.max(1, Math.min(TASK_ROWS, Math.floor((TASK_ROWS * bytes) / TASK_BYTES)));
  let partition = 0;
  let filled = 0;
  const add = (split: number[], pieceBytes: number): void => {
    if (filled > 0 && filled + pieceBytes > PARTITION_BYTES) {
      partition++;
      filled = 0;
    }
    filled += pieceBytes;
    splits.push({ partition, split });
  };
  for (const number of files ?? all.keys()) {
    const { batches } = openArrow(all[number]!);
    /** Small batches that wait for more. */
    let first = -1;
    let [rows, size] = [0, 0];
    const flush = (end: number): void => {
      if (first !== -1) add([number, first, end - 1, 0, batches[end - 1]!.rows], size);
      first = -1;
      [rows, size] = [0, 0];
    };
    for (const [index, batch] of batches.entries()) {
      if (first !== -1 && rows + batch.rows > taskRows) flush(index);
      if (batch.rows <= taskRows * CUT_FROM || batch.codec !== 'none') {
        if (first === -1) first = index;
        rows += batch.rows;
        size += batch.bodyBytes;
        continue;
      }
      const pieces = Math.ceil(batch.rows / taskRows);
      const even = taskRows < ROWS_STEP ? taskRows : Math.ceil(batch.rows / pieces / ROWS_STEP) * ROWS_STEP;
      for (let from = 0; from < batch.rows; from += even) {
        const to = Math.min(batch.rows, from + even);
        add([number, index, index, from, to], (batch.bodyBytes * (to - from)) / batch.rows);
      }
    }
    flush(batches.length);
  }
  return splits;
}
