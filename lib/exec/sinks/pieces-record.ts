import { InternalError } from '../../core/errors.js';
import type { Piece } from '../../io/output/plan-files.js';
import type { MemoryViews } from '../../memory/memory-access.js';

/** The record of a write chunk, u32 words: 0 magic, 1 bytes of JSON; then the JSON: what the chunk's tasks wrote. */
const PIECES_MAGIC = 0x57504951;
const HEADER_BYTES = 8;

export const piecesBytes = (pieces: readonly Piece[]): Buffer => Buffer.from(JSON.stringify(pieces));

export function writePieces(views: MemoryViews, json: Buffer, allocate: (bytes: number) => number): number {
  const address = allocate(HEADER_BYTES + json.length);
  views.u32[address >>> 2] = PIECES_MAGIC;
  views.u32[(address >>> 2) + 1] = json.length;
  views.u8.set(json, address + HEADER_BYTES);
  return address;
}

/** What the sealed chunks of a write stage say was written, in no particular order. */
export function readPieces(views: MemoryViews, chunks: readonly number[]): Piece[] {
  return chunks.flatMap((chunk) => {
    if (chunk === 0) return [];
    if (views.u32[chunk >>> 2] !== PIECES_MAGIC) throw new InternalError(`No record of pieces lies at address ${chunk}.`);
    const from = chunk + HEADER_BYTES;
    return JSON.parse(views.buffer.toString('utf8', from, from + views.u32[(chunk >>> 2) + 1]!)) as Piece[];
  });
}
