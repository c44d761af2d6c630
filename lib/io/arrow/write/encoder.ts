import { BlockWord, blockRows } from '../../../memory/block.js';
import type { ByteSink, EncodeRequest, EncoderContext, FileEncoder } from '../../encoder.js';
import { WorkSpace } from '../../parquet/write/work-space.js';
import { MESSAGE } from '../message.js';
import { Body, writeEnd, writeMetadata, type WrittenMessage } from './body.js';
import { openColumnOutput, type ColumnOutput } from './columns.js';
import { openBufferCompressor, type CompressBuffer } from './compressor.js';
import { writeFooter, writeHead } from './footer.js';
import { readArrowWriteOptions } from './options.js';
import { schemaNode } from './schema.js';

/** A record batch ends when it has so many rows, or bytes if nobody wants less. */
const BATCH_ROWS = 65_536;
const BATCH_BYTES = 64 * 1024 * 1024;
/** Where memory is short it has one in so many parts of what is left, but so many bytes always. */
const ROOM_SHARE = 8;
const BATCH_BYTES_LEAST = 1024 * 1024;
/** Rows between two looks at that. */
const PIECE_ROWS = 4096;
/** Offsets have 31 bits. */
const BLOCK_ROOM_BYTES = 2 ** 30;

/** Writes blocks as record batches: a stream, or between the head and the footer of a file. */
export class ArrowEncoder implements FileEncoder {
  readonly #work: WorkSpace;
  readonly #columns: readonly ColumnOutput[];
  readonly #compress: CompressBuffer | undefined;
  readonly #batches: WrittenMessage[] = [];
  #rows = 0;

  constructor(
    context: EncoderContext,
    private readonly request: EncodeRequest,
    private readonly out: ByteSink,
    private readonly isStream: boolean,
    private readonly batchBytes = BATCH_BYTES,
  ) {
    const work = new WorkSpace(context);
    this.#work = work;
    this.#compress = openBufferCompressor(work, readArrowWriteOptions(request.options).compression);
    this.#columns = request.schema.fields.map((field, index) => openColumnOutput(work, index, field));
    if (!isStream) writeHead(out);
    writeMetadata(out, MESSAGE.schema, schemaNode(request.schema), 0);
  }

  writeBlock(address: number): void {
    const rows = blockRows(this.#work.views, address);
    for (let row = 0; row < rows; row += PIECE_ROWS) this.writeRows(address, row, Math.min(rows, row + PIECE_ROWS));
  }

  /** Rows [from, to) of a block, few at a time. */
  writeRows(address: number, from: number, to: number): void {
    const blockBytes = this.#work.views.u32[(address >>> 2) + BlockWord.bytes]!;
    if (this.#rows > 0 && this.#bytes + blockBytes > BLOCK_ROOM_BYTES) this.flush();
    for (const column of this.#columns) column.append(address, from, to - from);
    this.#rows += to - from;
    const bytes = this.#bytes;
    const bytesMax = Math.min(this.batchBytes, Math.max(BATCH_BYTES_LEAST, (this.#work.room + bytes) / ROOM_SHARE));
    if (this.#rows >= BATCH_ROWS || bytes >= bytesMax) this.flush();
  }

  get #bytes(): number {
    return this.#columns.reduce((sum, column) => sum + column.bytes, 0);
  }

  /** Ends the record batch, if there is one. */
  flush(): void {
    if (this.#rows === 0) return;
    const body = new Body(this.#work, this.#compress);
    for (const column of this.#columns) column.flush(body);
    this.#batches.push(body.write(this.out, this.#rows));
    this.#rows = 0;
  }

  finish(): void {
    this.flush();
    writeEnd(this.out);
    if (!this.isStream) writeFooter(this.out, this.request.schema, this.#batches);
  }
}
