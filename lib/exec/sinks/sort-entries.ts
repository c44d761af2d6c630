import type { Space } from '../../memory/block-space.js';
import type { PipelineContext } from '../contracts.js';
import { ENTRY_BYTES } from './sort-chunk.js';
import type { SortKeys } from './sort-keys.js';

/** Entries one after the other. */
export interface EntryPiece {
  readonly address: number;
  readonly rows: number;
}

const DIGITS = 256;
const HISTOGRAM_BYTES = 8 * DIGITS * 4;
/** Entries of one kernel call: tens of microseconds, so that V8 tiers up and a cancel is seen. */
const CALL_ENTRIES = 16384;

/**
 * Sorts entries by key, least significant byte first, skipping bytes in which all keys agree, and not at all when they are in order; stable. Then
 * whole rows are compared where keys tie. Returns the address of the sorted entries, in one span of `space`.
 */
export function sortEntries(
  context: PipelineContext,
  space: Space,
  pieces: readonly EntryPiece[],
  count: number,
  columnsAt: number,
  keys: SortKeys,
): number {
  const { executor } = context;
  const { kernels, views } = executor;
  const bytes = Math.max(ENTRY_BYTES, count * ENTRY_BYTES);
  let sorted = space.allocate(bytes);
  let other = space.allocate(bytes);
  const histograms = space.allocate(HISTOGRAM_BYTES);
  kernels['memoryClear']!(histograms, HISTOGRAM_BYTES);
  let from = pieces;
  const passes = countDigits() ? [] : variableDigits();
  if (passes.length === 0) gather(sorted);
  for (const digit of passes) {
    prefixSums(digit);
    forCalls(from, (address, n) => kernels['radixMove']!(address, n, digit * 8, histograms + digit * DIGITS * 4, other));
    [sorted, other] = [other, sorted];
    from = [{ address: sorted, rows: count }];
  }
  if (!keys.exact) kernels['sortTies']!(sorted, count, columnsAt, keys.count, other);
  space.free(other, bytes);
  return sorted;

  function forCalls(of: readonly EntryPiece[], run: (address: number, n: number, isFirst: boolean) => void): void {
    for (const piece of of) {
      for (let at = 0; at < piece.rows; at += CALL_ENTRIES) {
        context.checkCancelled();
        run(piece.address + at * ENTRY_BYTES, Math.min(CALL_ENTRIES, piece.rows - at), at === 0);
      }
    }
  }

  /** Fills the histograms; says whether everything is in order. */
  function countDigits(): boolean {
    let inOrder = true;
    let lastHigh = 0;
    let lastLow = 0;
    forCalls(pieces, (address, n, isFirst) => {
      if (kernels['radixCount']!(address, n, histograms, isFirst ? 0 : 1) === 0) inOrder = false;
      const low = views.u32[address >>> 2] as number;
      const high = views.u32[(address >>> 2) + 1] as number;
      if (high < lastHigh || (high === lastHigh && low < lastLow)) inOrder = false;
      const last = (address + (n - 1) * ENTRY_BYTES) >>> 2;
      lastLow = views.u32[last] as number;
      lastHigh = views.u32[last + 1] as number;
    });
    return inOrder;
  }

  function variableDigits(): number[] {
    const digits: number[] = [];
    for (let digit = 0; digit < 8; digit++) {
      const start = (histograms >>> 2) + digit * DIGITS;
      if (!views.u32.subarray(start, start + DIGITS).includes(count)) digits.push(digit);
    }
    return digits;
  }

  function prefixSums(digit: number): void {
    const start = (histograms >>> 2) + digit * DIGITS;
    let sum = 0;
    for (let i = start; i < start + DIGITS; i++) {
      const here = views.u32[i] as number;
      views.u32[i] = sum;
      sum += here;
    }
  }

  function gather(to: number): void {
    let out = to;
    for (const piece of pieces) {
      kernels['memoryCopy']!(piece.address, piece.rows * ENTRY_BYTES, out);
      out += piece.rows * ENTRY_BYTES;
    }
  }
}
