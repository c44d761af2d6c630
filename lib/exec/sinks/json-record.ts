import { InternalError } from '../../core/errors.js';
import type { Space } from '../../memory/block-space.js';
import type { MemoryViews } from '../../memory/memory-access.js';

/** The record of a chunk that made files, u32 words: 0 magic, 1 bytes of JSON; then the JSON, a list of what was made. */
const RECORD_MAGIC = 0x4a524951;
const HEADER_BYTES = 8;

/** Address of the record; 0 for nothing. */
export function writeRecord(views: MemoryViews, items: readonly object[], space: Space): number {
  if (items.length === 0) return 0;
  const json = Buffer.from(JSON.stringify(items));
  const address = space.allocate(HEADER_BYTES + json.length);
  views.u32[address >>> 2] = RECORD_MAGIC;
  views.u32[(address >>> 2) + 1] = json.length;
  views.u8.set(json, address + HEADER_BYTES);
  return address;
}

/** What the sealed chunks of a stage say, in no particular order. */
export function readRecords<T>(views: MemoryViews, chunks: readonly number[]): T[] {
  return chunks.flatMap((chunk) => (chunk === 0 ? [] : readRecord<T>(views, chunk)));
}

export function readRecord<T>(views: MemoryViews, chunk: number): T[] {
  if (views.u32[chunk >>> 2] !== RECORD_MAGIC) throw new InternalError(`No record of files lies at address ${chunk}.`);
  const from = chunk + HEADER_BYTES;
  return JSON.parse(views.buffer.toString('utf8', from, from + views.u32[(chunk >>> 2) + 1]!)) as T[];
}
