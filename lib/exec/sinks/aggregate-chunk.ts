import { InternalError } from '../../core/errors.js';
import type { MemoryViews } from '../../memory/memory-access.js';
import type { RowSpan } from './group-table.js';

/**
 * An aggregate chunk's record, u32 words: 0 magic, 1 groups in the row spans, 2 bytes of a row, 3 row spans, 4 intervals,
 * 5 partitions (0: none), 6 groups in partitions (duplicates counted), 7 address of the partition directory, 8 address of the state
 * (without keys), 9 address of row references by partition (0: none), 10 whether some key is a long string, 11 zero; then
 * (address, rows) for each span and (task ordinal, first row) for each interval: rows from there on first appeared in that task.
 *
 * Partition directory: for each partition (address of slices, slices, rows); a slice is (address, rows).
 * Row references: PARTITIONS + 1 offsets (u32), then the rows' addresses grouped by the partition of their hash.
 */
const AGGREGATE_MAGIC = 0x52474751;
export const CHUNK_HEADER_WORDS = 12;
/** By the hash's highest bits. */
export const PARTITION_BITS = 6;
export const PARTITIONS = 1 << PARTITION_BITS;
export const PARTITION_SHIFT = 32 - PARTITION_BITS;

export interface Interval {
  readonly task: number;
  readonly firstRow: number;
}

export interface AggregateChunkRecord {
  readonly groups: number;
  readonly rowBytes: number;
  readonly spans: readonly RowSpan[];
  readonly intervals: readonly Interval[];
  readonly partitions: number;
  readonly partitionRows: number;
  readonly directory: number;
  readonly state: number;
  readonly references: number;
  readonly long: boolean;
}

export function chunkRecordBytes(spans: number, intervals: number): number {
  return 4 * (CHUNK_HEADER_WORDS + 2 * spans + 2 * intervals);
}

export function writeAggregateChunk(views: MemoryViews, address: number, chunk: AggregateChunkRecord): void {
  const { u32 } = views;
  let at = address >>> 2;
  const header = [
    AGGREGATE_MAGIC,
    chunk.groups,
    chunk.rowBytes,
    chunk.spans.length,
    chunk.intervals.length,
    chunk.partitions,
    chunk.partitionRows,
    chunk.directory,
    chunk.state,
    chunk.references,
    chunk.long ? 1 : 0,
    0,
  ];
  for (const word of header) u32[at++] = word;
  for (const span of chunk.spans) {
    u32[at++] = span.address;
    u32[at++] = span.rows;
  }
  for (const interval of chunk.intervals) {
    u32[at++] = interval.task;
    u32[at++] = interval.firstRow;
  }
}

export function readAggregateChunk(views: MemoryViews, address: number): AggregateChunkRecord {
  const { u32 } = views;
  const start = address >>> 2;
  const word = (index: number): number => u32[start + index] as number;
  if (word(0) !== AGGREGATE_MAGIC) throw new InternalError(`No aggregate chunk lies at address ${address}.`);
  const spans: RowSpan[] = [];
  const intervals: Interval[] = [];
  let at = CHUNK_HEADER_WORDS;
  for (let i = 0; i < word(3); i++, at += 2) spans.push({ address: word(at), rows: word(at + 1) });
  for (let i = 0; i < word(4); i++, at += 2) intervals.push({ task: word(at), firstRow: word(at + 1) });
  return {
    groups: word(1),
    rowBytes: word(2),
    spans,
    intervals,
    partitions: word(5),
    partitionRows: word(6),
    directory: word(7),
    state: word(8),
    references: word(9),
    long: word(10) !== 0,
  };
}

/** What `decideTargets` needs of a chunk. */
export function aggregateChunkStats(views: MemoryViews, address: number): { groups: number; partitioned: boolean } {
  if (address === 0) return { groups: 0, partitioned: false };
  const start = address >>> 2;
  const partitions = views.u32[start + 5] as number;
  return { groups: (views.u32[start + 1] as number) + (views.u32[start + 6] as number), partitioned: partitions > 0 };
}

/** Slices of one partition. */
export function partitionSlices(views: MemoryViews, chunk: AggregateChunkRecord, partition: number): RowSpan[] {
  const { u32 } = views;
  const entry = (chunk.directory >>> 2) + partition * 3;
  const slices = (u32[entry] as number) >>> 2;
  const found: RowSpan[] = [];
  for (let i = 0; i < (u32[entry + 1] as number); i++) {
    found.push({ address: u32[slices + 2 * i] as number, rows: u32[slices + 2 * i + 1] as number });
  }
  return found;
}
