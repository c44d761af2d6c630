import type * as Zlib from 'node:zlib';
import { InternalError } from '../../core/errors.js';
import type { Codec } from './codec.js';
import { Damaged, type Inflater, type NextPiece } from './inflater.js';

/**
 * What node:zlib's streams are made of. Their own methods are asynchronous, and an executor never waits; the functions that are synchronous want the whole text at once. So
 * the handle is called as node:zlib's own synchronous functions call it; the tests run on every Node that is supported.
 */
interface ZlibStream {
  readonly _handle: ZlibHandle;
  /** Bytes of room left, bytes of input left, after a write. */
  readonly _writeState: Uint32Array;
  on(event: 'error', listener: () => void): unknown;
}

interface ZlibHandle {
  writeSync(flush: number, input: Uint8Array, from: number, bytes: number, out: Uint8Array, at: number, room: number): void;
  reset(): void;
  onerror: (message: string, errno: number, code: string) => void;
  close(): void;
}

/** Not imported: it takes a millisecond and a half to load, and most files are not compressed. */
const zlib = (): typeof Zlib => process.getBuiltinModule('node:zlib');

/** zlib has this name on every Node that has zstd. */
const zstd = (): { readonly createZstdDecompress?: () => unknown } => zlib() as object;

export const hasNodeZstd = (): boolean => zstd().createZstdDecompress !== undefined;

interface Kind {
  readonly create: () => unknown;
  /** Flush modes: for more, and for the end. */
  readonly go: number;
  readonly finish: number;
}

/** Z_NO_FLUSH and Z_FINISH; BROTLI_OPERATION_PROCESS and BROTLI_OPERATION_FINISH; ZSTD_e_continue and ZSTD_e_end. */
const KINDS: { readonly [C in Codec]: Kind } = {
  gzip: { create: () => zlib().createGunzip(), go: 0, finish: 4 },
  brotli: { create: () => zlib().createBrotliDecompress(), go: 0, finish: 2 },
  zstd: { create: () => zstd().createZstdDecompress!(), go: 0, finish: 2 },
};

/** gzip (of any number of members), brotli, and zstd where Node has it. */
export class NodeInflater implements Inflater {
  readonly #kind: Kind;
  readonly #stream: ZlibStream;
  #piece: Uint8Array = new Uint8Array(0);
  #at = 0;
  #isLast = false;
  #error: string | undefined;

  constructor(
    codec: Codec,
    private readonly next: NextPiece,
  ) {
    this.#kind = KINDS[codec];
    this.#stream = this.#kind.create() as ZlibStream;
    const handle = this.#stream._handle as Partial<ZlibHandle> | undefined;
    if (typeof handle?.writeSync !== 'function' || !(this.#stream._writeState instanceof Uint32Array))
      throw new InternalError(`node:zlib of Node ${process.version} cannot be called synchronously.`);
    this.#stream._handle.onerror = (message, _, code) => {
      this.#error = `${message} (${code})`;
    };
  }

  pull(target: Uint8Array): number {
    const { _handle: handle, _writeState: state } = this.#stream;
    for (;;) {
      if (this.#at === this.#piece.length && !this.#isLast) {
        this.#piece = this.next();
        this.#at = 0;
        this.#isLast = this.#piece.length === 0;
      }
      const bytes = this.#piece.length - this.#at;
      handle.writeSync(this.#isLast ? this.#kind.finish : this.#kind.go, this.#piece, this.#at, bytes, target, 0, target.length);
      if (this.#error !== undefined) throw new Damaged(this.#error);
      const written = target.length - state[0]!;
      const taken = bytes - state[1]!;
      this.#at += taken;
      if (written > 0) return written;
      if (this.#isLast) return 0;
      if (taken === 0 && bytes > 0) return this.#padding();
    }
  }

  restart(): void {
    this.#stream._handle.reset();
    this.#piece = this.#piece.subarray(0, 0);
    this.#at = 0;
    this.#isLast = false;
    this.#error = undefined;
  }

  close(): void {
    this.#stream._handle.close();
  }

  /** Behind a stream's end there may be zeros, as on tapes, and nothing else. */
  #padding(): 0 {
    for (;;) {
      if (this.#piece.subarray(this.#at).some((byte) => byte !== 0))
        throw new Damaged('bytes behind the end of the compressed data');
      this.#piece = this.next();
      this.#at = 0;
      if (this.#piece.length === 0) return 0;
    }
  }
}
