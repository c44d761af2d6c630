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

/** Chunks of at most so many bytes are read together with their neighbours, so many bytes at once, over gaps of so many. */
const TOGETHER_CHUNK_BYTES = 256 * 1024;
const TOGETHER_BYTES = 4 * 1024 * 1024;
const TOGETHER_GAP = 4096;

/** What was read for several chunks at once. */
interface SharedRead {
  readonly buffer: Buffer;
  windows: number;
}

/** The bytes of a column chunk in shared memory, read a piece after the other as they are asked for. */
export class ChunkWindow {
  #file: FileSource | undefined;
  /** What may be read of the file. */
  #limit = 0;
  /** What somebody is expected to ask for from where he asks next. */
  ahead = READ_BYTES;
  #buffer: Buffer | undefined;
  #pinned: Buffer | undefined;
  #shared: SharedRead | undefined;
  #start = 0;
  /** The byte of the file that lies at `#base`, and the end of what was read. */
  #origin = 0;
  #base = 0;
  #end = 0;

  constructor(
    private readonly views: MemoryViews,
    private readonly pool: BufferPool,
  ) {}

  /** From now on bytes of `file` from `start` to `limit` may be asked for. */
  begin(file: FileSource, start: number, limit: number): void {
    this.close();
    this.#file = file;
    this.#start = start;
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
    if (this.#buffer !== undefined) this.#retire(this.#buffer);
    if (this.#pinned !== undefined && this.#pinned !== this.#buffer) this.#retire(this.#pinned);
    this.#buffer = undefined;
    this.#pinned = undefined;
    this.#origin = 0;
    this.#end = 0;
  }

  #read(position: number, bytes: number): void {
    if (this.#buffer !== undefined && this.#buffer !== this.#pinned) this.#retire(this.#buffer);
    this.#buffer = undefined;
    this.#end = 0;
    this.#fill(position, bytes);
  }

  #fill(position: number, bytes: number): void {
    const buffer = this.pool.take(bytes + 2 * SLACK_BYTES + ALIGNMENT);
    this.#buffer = buffer;
    const first = buffer.address + SLACK_BYTES;
    this.#base = first + ((((position - first) % ALIGNMENT) + ALIGNMENT) % ALIGNMENT);
    this.#origin = position;
    const target = this.views.u8.subarray(this.#base, this.#base + bytes);
    if (this.#file!.read(position, target) < bytes) throw fileChanged(this.#file!.file.path);
    this.#end = position + bytes;
  }

  #retire(buffer: Buffer): void {
    const shared = this.#shared;
    if (shared?.buffer !== buffer) return this.pool.retire(buffer);
    this.#shared = undefined;
    if (--shared.windows === 0) this.pool.retire(buffer);
  }

  /** Chunks that lie next to each other and of which nothing was read are read at once: a call of the system costs as much as some kilobytes. */
  static readTogether(windows: readonly ChunkWindow[]): void {
    const small = windows
      .filter((window) => window.#buffer === undefined && window.#limit - window.#start <= TOGETHER_CHUNK_BYTES)
      .sort((a, b) => a.#start - b.#start);
    for (let first = 0; first < small.length;) {
      const from = small[first]!.#start;
      let to = small[first]!.#limit;
      let end = first + 1;
      while (end < small.length && small[end]!.#start - to <= TOGETHER_GAP && small[end]!.#limit - from <= TOGETHER_BYTES)
        to = Math.max(to, small[end++]!.#limit);
      if (end - first > 1) ChunkWindow.#share(small.slice(first, end), from, to);
      first = end;
    }
  }

  /** Reads for all of these; the others look into what the first one read. */
  static #share(windows: readonly ChunkWindow[], from: number, to: number): void {
    const [reader] = windows;
    reader!.#fill(from, to - from);
    const shared: SharedRead = { buffer: reader!.#buffer!, windows: windows.length };
    for (const window of windows) {
      window.#buffer = shared.buffer;
      window.#shared = shared;
      window.#origin = from;
      window.#base = reader!.#base;
      window.#end = to;
    }
  }
}
