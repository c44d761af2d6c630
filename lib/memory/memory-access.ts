/**
 * The whole shared memory as typed arrays, made once per thread. Plain loads and stores through these are fine for memory that
 * is private to the thread or already published; words that threads share are read and written with Atomics on `i32`.
 */
export interface MemoryViews {
  readonly memory: WebAssembly.Memory;
  readonly u8: Uint8Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly i64: BigInt64Array;
  readonly f64: Float64Array;
  /** Over the same bytes, for latin1Slice and utf8Slice. */
  readonly buffer: Buffer;
}

export function viewsOf(memory: WebAssembly.Memory): MemoryViews {
  const shared = memory.buffer;
  return Object.freeze({
    memory,
    u8: new Uint8Array(shared),
    i32: new Int32Array(shared),
    u32: new Uint32Array(shared),
    i64: new BigInt64Array(shared),
    f64: new Float64Array(shared),
    buffer: Buffer.from(shared as unknown as ArrayBuffer),
  });
}

/**
 * Where a thread gets memory of one owner: a domain (query, cache, engine) and, until published, a worker. Spans are whole pages.
 * `allocate` throws ResourceError over budget; it never waits. Freed all at once, by whoever ends the domain or rolls the worker back.
 */
export interface PageSource {
  /** Address of a span of at least `bytes`, contiguous, not zeroed unless `zeroed`. */
  allocate(bytes: number, zeroed?: boolean): number;
  /** Gives a whole span back early. */
  free(address: number, bytes: number): void;
  /** Bytes that the budget has left at this moment, for who can do with less; others take from them too. */
  room(): number;
}
