import { i16, i64, ref, structs, table, u8, writeFlat, type TableNode } from './flat-writer.js';
import { MESSAGE } from '../message.js';
import type { ByteSink } from '../../encoder.js';
import type { WorkSpace } from '../../parquet/write/work-space.js';
import type { CompressBuffer } from './compressor.js';

const VERSION_5 = 4;
/** What is written is a multiple of this, so that everything is aligned for whoever maps the file. */
export const ALIGNMENT = 64;
const PREFIX_BYTES = 8;
const CONTINUATION = 0xffffffff;
const PADDING = new Uint8Array(ALIGNMENT);

/** Where a message was written. */
export interface WrittenMessage {
  readonly at: number;
  readonly metadataBytes: number;
  readonly bodyBytes: number;
}

const padded = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Writes a message's metadata so that what follows is aligned. `position`: where it begins. Returns the bytes. */
export function writeMetadata(out: ByteSink, kind: number, header: TableNode, bodyBytes: number): number {
  const bytes = writeFlat(table(i16(VERSION_5), u8(kind), ref(header), i64(bodyBytes)));
  const length = padded(out.position + PREFIX_BYTES + bytes.length) - out.position - PREFIX_BYTES;
  const message = new Uint8Array(PREFIX_BYTES + length);
  const view = new DataView(message.buffer);
  view.setUint32(0, CONTINUATION, true);
  view.setInt32(4, length, true);
  message.set(bytes, PREFIX_BYTES);
  out.write(message);
  return message.length;
}

/** Ends a stream of messages. */
export function writeEnd(out: ByteSink): void {
  out.write(Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0));
}

/** The body of a record batch: its nodes and buffers in order. */
export class Body {
  readonly #nodes: number[] = [];
  readonly #buffers: number[] = [];
  readonly #pieces: (readonly Uint8Array[])[] = [];
  #bytes = 0;

  constructor(
    private readonly work: WorkSpace,
    private readonly compress: CompressBuffer | undefined,
  ) {}

  addNode(rows: number, nullCount: number): void {
    this.#nodes.push(rows, nullCount);
  }

  /** Memory that stays as it is until the body is written. */
  addBuffer(address: number, bytes: number): void {
    const pieces =
      bytes === 0
        ? []
        : this.compress === undefined
          ? [this.work.views.u8.subarray(address, address + bytes)]
          : this.compress.run(address, bytes);
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.#buffers.push(this.#bytes, length);
    this.#pieces.push(pieces);
    this.#bytes += padded(length);
  }

  write(out: ByteSink, rows: number): WrittenMessage {
    const at = out.position;
    const header = table(
      i64(rows),
      ref(structs(2, this.#nodes)),
      ref(structs(2, this.#buffers)),
      this.compress === undefined ? undefined : ref(table(u8(this.compress.codec), u8(0))),
    );
    const metadataBytes = writeMetadata(out, MESSAGE.batch, header, this.#bytes);
    for (const pieces of this.#pieces) {
      let length = 0;
      for (const piece of pieces) {
        out.write(piece);
        length += piece.length;
      }
      if (padded(length) > length) out.write(PADDING.subarray(0, padded(length) - length));
    }
    return { at, metadataBytes, bodyBytes: this.#bytes };
  }
}
