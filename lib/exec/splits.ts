import { decideTargets } from '../core/physical/decide-targets.js';
import { unreachable } from '../core/errors.js';
import { scanSplits } from '../io/index.js';
import { BlockWord } from '../memory/block.js';
import { aggregateChunkStats } from './sinks/aggregate-chunk.js';
import { collectedBlocks } from './sinks/collect.js';
import { joinSplits } from './sinks/join.js';
import { sortTargets } from './sinks/sort-chunk.js';
import { blockSplits } from './sources/blocks.js';
import type { MemoryViews } from '../memory/memory-access.js';
import type { SourceProgram, StageProgram } from '../core/physical/stage-program.js';
import type { Task } from './contracts.js';

/** How finely sources are cut into tasks. */
export interface SplitSizes {
  /** Bytes of a file's piece. */
  readonly bytes: number;
  /** Rows of a piece of blocks or of a range. */
  readonly rows: number;
  /** Fewer rows of blocks than this are not worth a second task; default ROWS_MIN. */
  readonly rowsMin?: number;
}

export const DEFAULT_SPLIT_SIZES: SplitSizes = Object.freeze({ bytes: 2 * 1024 * 1024, rows: 262_144 });
/** Of stages that write files: a task writes a piece, which should be worth a file, and a row group. */
export const WRITE_SPLIT_SIZES: SplitSizes = Object.freeze({
  bytes: 16 * 1024 * 1024,
  rows: 1_048_576,
  rowsMin: 131_072,
});
/** Fewer rows than this are not worth a second task. */
const ROWS_MIN = 16_384;
/** Tasks that blocks are cut into at least, so that executors end at about the same time. */
const TASKS_AIM = 16;

/** A piece of a source and the partition it belongs to. */
export interface SourceSplit {
  readonly partition: number;
  readonly split: readonly number[];
}

/** Sealed chunks of earlier stages. */
export type InputChunks = (stage: number) => readonly number[];

/**
 * The tasks of a stage in row order. For stages over files, blocks and ranges anybody can ask at any time; for stages over other stages'
 * results, when those are sealed. Always the same answer for the same input: it may be asked for twice.
 */
export function stageTasks(program: StageProgram, views: MemoryViews, inputs: InputChunks, sizes: SplitSizes): Task[] {
  const tasks: Task[] = [];
  let firstPartition = 0;
  program.pipelines.forEach(({ source }, pipeline) => {
    let last = firstPartition - 1;
    for (const { partition, split } of sourceSplits(source, views, inputs, sizes)) {
      last = Math.max(last, firstPartition + partition);
      tasks.push({ ordinal: tasks.length, pipeline, partition: firstPartition + partition, split });
    }
    firstPartition = last + 1;
  });
  return tasks;
}

function sourceSplits(source: SourceProgram, views: MemoryViews, inputs: InputChunks, sizes: SplitSizes): readonly SourceSplit[] {
  switch (source.kind) {
    case 'scan':
      return scanSplits(source.source, { bytes: sizes.bytes, tests: source.tests });
    case 'blocks':
      return storedSplits(source.addresses, views, sizes);
    case 'stage_blocks': {
      const addresses = collectedBlocks(views, inputs(source.stage)).map(({ address }) => address);
      const counts = rowCounts(addresses, views);
      if (source.partitions !== undefined) return evenSplits(counts, source.partitions, sizes);
      if (source.limit !== undefined || source.offset !== undefined)
        return windowSplits(counts, source.offset ?? 0, source.limit ?? Infinity);
      return storedSplits(addresses, views, sizes);
    }
    case 'range':
      return rangeSplits(source, sizes);
    case 'groups': {
      const stats = inputs(source.stage).map((chunk) => aggregateChunkStats(views, chunk));
      return targets(decideTargets(stats));
    }
    case 'sorted':
      return targets(sortTargets(views, inputs(source.stage)));
    case 'pieces':
      return joinSplits(views, inputs(source.stage), source.spec);
    default:
      return unreachable(source);
  }
}

function targets(count: number): SourceSplit[] {
  return Array.from({ length: count }, (_, target) => ({ partition: target, split: [target, count] }));
}

function rowCounts(addresses: readonly number[], views: MemoryViews): number[] {
  return addresses.map((address) => views.u32[(address >>> 2) + BlockWord.rows]!);
}

/** Blocks keep the partitions they were made in. */
function storedSplits(addresses: readonly number[], views: MemoryViews, sizes: SplitSizes): SourceSplit[] {
  const counts = rowCounts(addresses, views);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const rows = Math.min(sizes.rows, Math.max(sizes.rowsMin ?? ROWS_MIN, Math.ceil(total / TASKS_AIM)));
  const splits: SourceSplit[] = [];
  let first = 0;
  while (first < addresses.length) {
    const partition = views.u32[(addresses[first]! >>> 2) + BlockWord.partition]!;
    let end = first;
    while (end < addresses.length && views.u32[(addresses[end]! >>> 2) + BlockWord.partition] === partition) end++;
    for (const [a, b, c, d] of blockSplits(counts.slice(first, end), Math.min(rows, sizes.rows)))
      splits.push({ partition, split: [a! + first, b!, c! + first, d!] });
    first = end;
  }
  return splits;
}

/** Part of a block: rows from..to. */
export interface RowWindow {
  readonly block: number;
  readonly from: number;
  readonly to: number;
}

/** The rows `offset` .. `offset + limit` of blocks of these row counts. */
export function rowWindows(counts: readonly number[], offset: number, limit: number): RowWindow[] {
  const windows: RowWindow[] = [];
  let first = 0;
  counts.forEach((count, block) => {
    const from = Math.max(0, offset - first);
    const to = Math.min(count, offset + limit - first);
    if (from < to) windows.push({ block, from, to });
    first += count;
  });
  return windows;
}

function windowSplits(counts: readonly number[], offset: number, limit: number): SourceSplit[] {
  return rowWindows(counts, offset, limit).map(({ block, from, to }) => ({ partition: 0, split: [block, from, block, to] }));
}

/** The rows in order, cut into `partitions` of equal size (the first ones a row larger). */
function evenSplits(counts: readonly number[], partitions: number, sizes: SplitSizes): SourceSplit[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const splits: SourceSplit[] = [];
  let block = 0;
  let row = 0;
  const advance = (rows: number): void => {
    let left = rows;
    while (left > 0) {
      const take = Math.min(left, counts[block]! - row);
      left -= take;
      row += take;
      if (row === counts[block]) {
        block++;
        row = 0;
      }
    }
  };
  for (let partition = 0; partition < partitions; partition++) {
    let left = Math.floor(total / partitions) + (partition < total % partitions ? 1 : 0);
    do {
      const take = Math.min(left, sizes.rows);
      const from = [block, row];
      advance(take);
      splits.push({ partition, split: [...from, block, row] });
      left -= take;
    } while (left > 0);
  }
  return splits;
}

/** Splits are [first index, end index]. */
function rangeSplits(source: Extract<SourceProgram, { kind: 'range' }>, sizes: SplitSizes): SourceSplit[] {
  const [start, end, step] = [BigInt(source.start), BigInt(source.end), BigInt(source.step)];
  const span = step > 0n ? end - start : start - end;
  const magnitude = step > 0n ? step : -step;
  const total = span <= 0n ? 0 : Number((span + magnitude - 1n) / magnitude);
  const splits: SourceSplit[] = [];
  for (let partition = 0; partition < source.partitions; partition++) {
    const from = Math.floor((total / source.partitions) * partition);
    const to = partition === source.partitions - 1 ? total : Math.floor((total / source.partitions) * (partition + 1));
    for (let at = from; at < to || at === from; at += sizes.rows)
      splits.push({ partition, split: [at, Math.min(to, at + sizes.rows)] });
  }
  return splits;
}
