import type { ByteBody, ByteSink, EncodeRequest, EncoderContext, FileEncoder } from '../../encoder.js';
import { blockRows } from '../../../memory/block.js';
import { FRAME_SLOTS, SLOT_BYTES } from '../../../memory/layout.js';
import { isNested } from '../../../core/types/nested.js';
import { MAGIC } from './codes.js';
import { ColumnChunkWriter } from './column-chunk.js';
import { openCompressor } from './compressor.js';
import { FlatColumn, type ColumnFeeder } from './flat-column.js';
import { writeFooter, type GroupFacts } from './footer.js';
import { NestedColumn } from './nested-column.js';
import { readParquetWriteOptions, type ParquetWriteOptions } from './options.js';
import { parquetSchema, type ParquetSchema } from './schema.js';
import { WorkSpace } from './work-space.js';

/** Rows go through the columns in pieces, so that a row group's bytes are looked at in between: the first so small, others so large at most. */
const FIRST_ROWS = 1024;
const PIECE_ROWS = 65_536;
/** Of the memory that is left, a row group takes one in so many parts; but so many bytes it may always have. */
const ROOM_SHARE = 4;
const GROUP_BYTES_LEAST = 4 * 1024 * 1024;
/** Towards the end of a row group. */
const PIECE_ROWS_MIN = 256;

/** Writes blocks into a Parquet file: what a row group holds is gathered as encoded, compressed pages. */
export class ParquetEncoder implements FileEncoder {
  readonly #request: EncodeRequest;
  readonly #out: ByteSink;
  readonly #body: ByteBody | undefined;
  readonly #work: WorkSpace;
  readonly #options: ParquetWriteOptions;
  readonly #schema: ParquetSchema;
  readonly #chunks: readonly ColumnChunkWriter[];
  readonly #columns: readonly ColumnFeeder[];
  readonly #groups: GroupFacts[] = [];
  #rows = 0;
  #pieceRows = FIRST_ROWS;
  /** Where all columns take batches. */
  readonly writeBatch: FileEncoder['writeBatch'];

  constructor(context: EncoderContext, request: EncodeRequest, out: ByteSink, body?: ByteBody) {
    this.#request = request;
    this.#out = out;
    this.#body = body;
    this.#options = readParquetWriteOptions(request.options);
    this.#schema = parquetSchema(request.schema);
    const work = new WorkSpace(context);
    this.#work = work;
    const compress = openCompressor(work, this.#options);
    this.#chunks = this.#schema.leaves.map((leaf) => new ColumnChunkWriter(work, leaf, this.#options, compress));
    let leaf = 0;
    this.#columns = request.schema.fields.map((field, index) => {
      const chunks = this.#chunks.slice(leaf, (leaf += this.#schema.leafCounts[index]!));
      return isNested(field.type) ? new NestedColumn(work, index, field, chunks) : new FlatColumn(work, index, chunks[0]!);
    });
    const takesBatches = this.#columns.every(({ appendBatch }) => appendBatch !== undefined);
    this.writeBatch = takesBatches ? (frame, slots, sel, n) => this.#writeBatch(frame, slots, sel, n) : undefined;
    out.write(Buffer.from(MAGIC, 'latin1'));
  }

  writeBlock(address: number): void {
    const rows = blockRows(this.#work.views, address);
    for (let row = 0; row < rows;) {
      const take = this.#room(rows - row);
      for (const column of this.#columns) column.append(address, row, take);
      this.#added(take);
      row += take;
    }
  }

  #writeBatch(frame: number, slots: readonly number[], sel: number, n: number): void {
    for (let row = 0; row < n;) {
      const take = this.#room(n - row);
      for (let c = 0; c < this.#columns.length; c++) {
        const record = (frame + FRAME_SLOTS + slots[c]! * SLOT_BYTES) >>> 2;
        this.#columns[c]!.appendBatch!(record, sel, row, take);
      }
      this.#added(take);
      row += take;
    }
  }

  /** How many of `rows` rows are taken at once. */
  #room(rows: number): number {
    return Math.min(rows, this.#pieceRows, this.#options.rowGroupRows - this.#rows);
  }

  #added(rows: number): void {
    const { rowGroupRows, rowGroupBytes } = this.#options;
    this.#rows += rows;
    const bytes = this.#bufferedBytes();
    // Where memory is short row groups are smaller: one takes a part of what is left.
    const bytesMax = Math.min(rowGroupBytes, Math.max(GROUP_BYTES_LEAST, (this.#work.room + bytes) / ROOM_SHARE));
    if (this.#rows >= rowGroupRows || bytes >= bytesMax) this.#finishGroup();
    else this.#pieceRows = pieceRows(this.#rows, bytes, bytesMax);
  }

  finish(): void {
    if (this.#rows > 0) this.#finishGroup();
    writeFooter(this.#out, this.#request.schema, this.#schema, this.#groups);
  }

  #bufferedBytes(): number {
    let bytes = 0;
    for (const chunk of this.#chunks) bytes += chunk.bufferedBytes;
    return bytes;
  }

  #finishGroup(): void {
    let bytes = 0;
    for (const chunk of this.#chunks) bytes += chunk.close();
    const out = this.#place(bytes);
    const offset = out.position;
    const chunks = this.#chunks.map((chunk) => chunk.finish(out));
    const blooms = chunks.map(({ bloom }) => bloom?.finish((length) => this.#place(length)));
    this.#groups.push({ offset, rows: this.#rows, chunks, blooms });
    this.#rows = 0;
    this.#pieceRows = FIRST_ROWS;
  }

  /** Where bytes of a row group go. */
  #place(bytes: number): ByteSink {
    return this.#body?.place(bytes) ?? this.#out;
  }
}

/** How many rows may follow before a row group of so many rows and bytes is full, about. */
function pieceRows(rows: number, bytes: number, bytesMax: number): number {
  const left = Math.floor(((bytesMax - bytes) / Math.max(bytes, 1)) * rows);
  return Math.max(PIECE_ROWS_MIN, Math.min(PIECE_ROWS, left));
}
