import { crc32 } from 'node:zlib';
import { Space } from '../../memory/block-space.js';
import type { DecoderContext } from '../source.js';
import { BufferPool } from '../buffers.js';

const INDEX_BYTES = 4;
const SLACK_BYTES = 64;

/** What a reader's columns share. */
export class ReaderSpace {
  readonly pool: BufferPool;
  /** Numbers in a dictionary, of a batch's rows: good within one call. */
  readonly indices: number;

  constructor(readonly context: DecoderContext) {
    this.pool = new BufferPool(context.scratch);
    this.indices = new Space(context.scratch).allocate(context.program.batchRows * INDEX_BYTES + SLACK_BYTES);
  }

  /** CRC-32 of bytes in memory, as an unsigned number. */
  checksum(address: number, bytes: number): number {
    return crc32(this.context.executor.views.u8.subarray(address, address + bytes));
  }
}
