/**
 * The control area: what the driver and the executors tell each other, in shared memory. Made by the driver on pages of the engine's domain; all words
 * that several threads write are changed with Atomics. Memory arrives as a value: core allocates none.
 */
export interface SharedWords {
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly u8: Uint8Array;
}

export interface Control extends SharedWords {
  /** Address of the control area. */
  readonly address: number;
  /** The same as an index into i32. */
  readonly word: number;
}

/** Header words. */
/** Raised whenever there may be new work; executors with nothing to do wait on it for a millisecond. */
export const DOORBELL = 0;
/** Raised whenever the driver should look: a query ended, a stage opened. The driver waits on it without blocking. */
export const DRIVER_BELL = 1;
/** 1: the engine closes; executors return. */
export const STOP = 2;
/** Queries at or above this index have never been used. */
export const QUERY_HIGH = 3;
export const HEADER_WORDS = 16;

/** Executor slots. A slot is an executor's identity while it serves: 0 is the inline runner, executors count from 1. */
export const SLOTS = HEADER_WORDS;
export const SLOT_WORDS = 16;
export const SLOTS_MAX = 256;
export const SLOT_STATE = 0;
/** Counts batches: tells a slow executor from a stuck one. */
export const SLOT_HEARTBEAT = 1;
/** Number of the chunk last opened; never goes back, not even over deaths. */
export const SLOT_EPOCH = 2;
/** Tasks run, over all its lives. */
export const SLOT_TASKS = 3;
/** Calls of `serve` that began and that ended. */
export const SLOT_SERVED = 4;
/** Id of the thread that serves, or served last. */
export const SLOT_THREAD = 5;

export const SLOT_FREE = 0;
/** The driver asked the pool for an executor; none has come yet. */
export const SLOT_POSTED = 1;
export const SLOT_SERVING = 2;

/** Queries: fixed entries; everything of variable size is in the query's own domain, at QUERY_STAGES. */
export const QUERIES = SLOTS + SLOTS_MAX * SLOT_WORDS;
export const QUERY_WORDS = 16;
export const QUERIES_MAX = 256;
export const QUERY_STATE = 0;
/** Never repeated: an executor that comes back to an entry sees whether it is still the same query. */
export const QUERY_ID = 1;
export const QUERY_DOMAIN = 2;
/** Address of the stage entries. */
export const QUERY_STAGES = 3;
export const QUERY_STAGE_COUNT = 4;
/** 1: cancelled. Looked at once per batch. */
export const QUERY_CANCEL = 5;
/** Executor time received, µs divided by weight, wrapping round; only differences mean something. */
export const QUERY_SERVICE = 6;
export const QUERY_WEIGHT = 7;
/** The one slot that may serve it, -1 for all executors. */
export const QUERY_ONLY_SLOT = 8;
/** 0 none, else ERROR_WRITTEN or the slot that is writing, plus ERROR_WRITING. */
export const QUERY_ERROR_STATE = 9;
export const QUERY_ERROR_ADDRESS = 10;
export const QUERY_ERROR_CAPACITY = 11;
export const QUERY_ERROR_LENGTH = 12;
/** Failures that one task may have before the query fails. */
export const QUERY_MAX_FAILURES = 13;

export const QUERY_FREE = 0;
export const QUERY_RUNNING = 1;
export const QUERY_DONE = 2;
export const QUERY_FAILED = 3;
export const QUERY_CANCELLED = 4;

export const ERROR_NONE = 0;
export const ERROR_WRITTEN = 1;
export const ERROR_WRITING = 2;

export const CONTROL_WORDS = QUERIES + QUERIES_MAX * QUERY_WORDS;
export const CONTROL_BYTES = CONTROL_WORDS * 4;

export function openControl(words: SharedWords, address: number): Control {
  return Object.freeze({ i32: words.i32, f64: words.f64, u8: words.u8, address, word: address >>> 2 });
}

export const slotWord = (control: Control, slot: number): number => control.word + SLOTS + slot * SLOT_WORDS;
export const queryWord = (control: Control, query: number): number => control.word + QUERIES + query * QUERY_WORDS;

/** Tells waiting executors that there may be work. */
export function ringDoorbell(control: Control): void {
  Atomics.add(control.i32, control.word + DOORBELL, 1);
  Atomics.notify(control.i32, control.word + DOORBELL);
}

/** Tells the driver to look. */
export function ringDriver(control: Control): void {
  Atomics.add(control.i32, control.word + DRIVER_BELL, 1);
  Atomics.notify(control.i32, control.word + DRIVER_BELL);
}

/** Absolute time in µs, the same clock in all threads. */
export function nowMicros(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** Raises or lowers a hint without losing another thread's move. */
export function lowerTo(i32: Int32Array, index: number, value: number): void {
  let seen = Atomics.load(i32, index);
  while (value < seen) {
    const before = Atomics.compareExchange(i32, index, seen, value);
    if (before === seen) return;
    seen = before;
  }
}

export function raiseTo(i32: Int32Array, index: number, value: number): void {
  let seen = Atomics.load(i32, index);
  while (value > seen) {
    const before = Atomics.compareExchange(i32, index, seen, value);
    if (before === seen) return;
    seen = before;
  }
}
