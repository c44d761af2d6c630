import { InternalError } from '../../core/errors.js';
import type { MemoryViews } from '../../memory/memory-access.js';

/**
 * A sort chunk's record, u32 words: 0 magic, 1 rows, 2 address of the sorted entries, 3 sort columns, 4 their address (kernels/assembly/sort.ts),
 * 5 whether keys tell everything, 6 limit + 1 (0: none), 7 fields; then for each field of a row:
 * physical code (plus 256 when some row is null there), offset, offset of its null bits, bit.
 */
const SORT_MAGIC = 0x54525351;
export const SORT_HEADER_WORDS = 8;
const FIELD_WORDS = 4;
export const ENTRY_BYTES = 16;

/** Up to this many rows one task merges. */
const ONE_TARGET_ROWS = 65536;
const TARGET_ROWS = 131072;
const TARGETS_MAX = 256;

const HAS_NULLS = 256;

export interface SortField {
  readonly code: number;
  readonly hasNulls: boolean;
  readonly offset: number;
  readonly bitOffset: number;
  readonly bit: number;
}

export interface SortChunkRecord {
  readonly rows: number;
  readonly entries: number;
  readonly columns: number;
  readonly columnsAt: number;
  readonly exact: boolean;
  readonly limit: number | undefined;
  readonly fields: readonly SortField[];
}

export function sortRecordBytes(fields: number): number {
  return 4 * (SORT_HEADER_WORDS + FIELD_WORDS * fields);
}

export function writeSortChunk(views: MemoryViews, address: number, chunk: SortChunkRecord): void {
  let at = address >>> 2;
  const limit = chunk.limit === undefined ? 0 : chunk.limit + 1;
  const header = [
    SORT_MAGIC,
    chunk.rows,
    chunk.entries,
    chunk.columns,
    chunk.columnsAt,
    chunk.exact ? 1 : 0,
    limit,
    chunk.fields.length,
  ];
  for (const word of header) views.u32[at++] = word;
  for (const field of chunk.fields) {
    views.u32[at++] = field.code + (field.hasNulls ? HAS_NULLS : 0);
    views.u32[at++] = field.offset;
    views.u32[at++] = field.bitOffset;
    views.u32[at++] = field.bit;
  }
}

export function readSortChunk(views: MemoryViews, address: number): SortChunkRecord {
  const start = address >>> 2;
  const word = (index: number): number => views.u32[start + index] as number;
  if (word(0) !== SORT_MAGIC) throw new InternalError(`No sorted chunk lies at address ${address}.`);
  const fields = Array.from({ length: word(7) }, (_, i) => {
    const at = SORT_HEADER_WORDS + i * FIELD_WORDS;
    return {
      code: word(at) & (HAS_NULLS - 1),
      hasNulls: word(at) >= HAS_NULLS,
      offset: word(at + 1),
      bitOffset: word(at + 2),
      bit: word(at + 3),
    };
  });
  return {
    rows: word(1),
    entries: word(2),
    columns: word(3),
    columnsAt: word(4),
    exact: word(5) !== 0,
    limit: word(6) === 0 ? undefined : word(6) - 1,
    fields,
  };
}

/** Into how many tasks the sorted rows are cut; one after a top-N. */
export function sortTargets(views: MemoryViews, chunks: readonly number[]): number {
  let rows = 0;
  for (const address of chunks) {
    if (address === 0) continue;
    const chunk = readSortChunk(views, address);
    if (chunk.limit !== undefined) return 1;
    rows += chunk.rows;
  }
  return rows <= ONE_TARGET_ROWS ? 1 : Math.min(TARGETS_MAX, Math.ceil(rows / TARGET_ROWS));
}
