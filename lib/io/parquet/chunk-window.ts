import type { MemoryViews } from '../../memory/memory-access.js';
import type { FileSource } from '../byte-source.js';
import { fileChanged } from '../errors.js';
import type { Buffer, BufferPool } from '../buffers.js';

/** Bytes of a file lie at addresses of the same remainder: the system copies aligned pages four times as fast as others. */
const ALIGNMENT = 4096;
/** Kernels may read a little beyond on both sides. */
const SLACK_BYTES = 128;
/** What is read at once at most, unless a page is longer. */
const READ_BYTES = 2 * 1024 * 1024;

/** The bytes of a column chunk in shared memory, read a piece after the other as they are asked for. */
export class ChunkWindow {
  bytesRead = 0;
  #file: FileSource | undefined;
  /** What may be read of the file. */
  #limit = 0;
  /** What somebody is expected to ask for from where he asks next. */
  ahead = READ_BYTES;
  #buffer: Buffer | undefined;
  #pinned: Buffer | undefined;
  /** The byte of the file that lies at `#base`, and the end of what was read. */
  #origin = 0;
  #base = 0;
  #end = 0;

  constructor(
    private readonly views: MemoryViews,
    private readonly pool: BufferPool,
  ) {}

  /** From now on bytes of `file` before `limit` may be asked for. */
  begin(file: FileSource, limit: number): void {
    this.close();
    this.#file = file;
    this.#limit = limit;
  }

  /** The file was closed and opened again. */
  reopen(file: FileSource): void {
    this.#file = file;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Address of a byte of the file; at least `bytes` from there on have been read, which must lie before the limit. */
  at(position: number, bytes: number): number {
    if (position < this.#origin || position + bytes > this.#end)
      this.#read(position, Math.max(bytes, Math.min(this.ahead, READ_BYTES, this.#limit - position)));
    return this.#base + position - this.#origin;
  }

  /** Address behind the last byte that was read. */
  get endAddress(): number {
    return this.#base + this.#end - this.#origin;
  }

  /** The byte of the file behind the last one that was read. */
  get end(): number {
    return this.#end;
  }

  byteOf(address: number): number {
    return this.#origin + address - this.#base;
  }

  /** Keeps what is in memory now until `close`, for a dictionary that lies in it. */
  pin(): void {
    if (this.#pinned === undefined) this.#pinned = this.#buffer;
  }

  /** Vectors of the running batch may point into the buffers. */
  close(): void {
    if (this.#buffer !== undefined) this.pool.retire(this.#buffer);
    if (this.#pinned !== undefined && this.#pinned !== this.#buffer) this.pool.retire(this.#pinned);
    this.#buffer = undefined;
    this.#pinned = undefined;
    this.#origin = 0;
    this.#end = 0;
  }

  #read(position: number, bytes: number): void {
    if (this.#buffer !== undefined && this.#buffer !== this.#pinned) this.pool.retire(this.#buffer);
    this.#buffer = undefined;
    this.#end = 0;
    const buffer = this.pool.take(bytes + 2 * SLACK_BYTES + ALIGNMENT);
    this.#buffer = buffer;
    const first = buffer.address + SLACK_BYTES;
    this.#base = first + ((((position - first) % ALIGNMENT) + ALIGNMENT) % ALIGNMENT);
    this.#origin = position;
    const target = this.views.u8.subarray(this.#base, this.#base + bytes);
    if (this.#file!.read(position, target) < bytes) throw fileChanged(this.#file!.file.path);
    this.bytesRead += bytes;
    this.#end = position + bytes;
  }
}
