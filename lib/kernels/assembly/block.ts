// Rows into blocks and out of them. `sel` is 0 for rows 0..n, else the address of n row positions (u32).

import { VIEW_INLINE_MAX } from './layout';

/** Values of a fixed width (a power of two: 1 << shift) of the live rows, packed at `out`. */
export function blockCopy(values: usize, sel: usize, n: u32, shift: u32, out: usize): void {
  if (sel == 0) {
    memory.copy(out, values, <usize>n << shift);
  } else if (shift == 0) {
    for (let k: u32 = 0; k < n; k++) store<u8>(out + k, load<u8>(values + load<u32>(sel + (k << 2))));
  } else if (shift == 2) {
    for (let k: u32 = 0; k < n; k++) store<u32>(out + (k << 2), load<u32>(values + (load<u32>(sel + (k << 2)) << 2)));
  } else if (shift == 3) {
    for (let k: u32 = 0; k < n; k++) store<u64>(out + (k << 3), load<u64>(values + (load<u32>(sel + (k << 2)) << 3)));
  } else {
    for (let k: u32 = 0; k < n; k++) v128.store(out + (k << 4), v128.load(values + (load<u32>(sel + (k << 2)) << 4)));
  }
}

/** Bytes that the live, not null, long views need in a heap; at most 2^32 - 1. */
export function blockViewBytes(values: usize, nulls: usize, sel: usize, n: u32): u32 {
  let bytes: u64 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const position = sel == 0 ? k : load<u32>(sel + (k << 2));
    const length = load<u32>(values + (position << 4));
    if (length <= VIEW_INLINE_MAX) continue;
    if (load<u8>(nulls + position) != 0) continue;
    bytes += length;
  }
  return bytes > 0xffffffff ? 0xffffffff : <u32>bytes;
}

/**
 * Views of the live rows, packed at `out`; long ones' bytes are copied to heap + used, and their references become offsets from `heap`.
 * Null rows become empty strings. Returns the heap's new fill.
 */
export function blockViews(values: usize, nulls: usize, sel: usize, n: u32, out: usize, heap: usize, used: u32): u32 {
  for (let k: u32 = 0; k < n; k++) {
    const position = sel == 0 ? k : load<u32>(sel + (k << 2));
    const from = values + (position << 4);
    const to = out + (k << 4);
    if (load<u8>(nulls + position) != 0) {
      v128.store(to, i64x2.splat(0));
      continue;
    }
    const length = load<u32>(from);
    if (length <= VIEW_INLINE_MAX) {
      v128.store(to, v128.load(from));
      continue;
    }
    store<u64>(to, load<u64>(from));
    store<u64>(to + 8, <u64>used);
    memory.copy(heap + used, <usize>load<u32>(from + 8), length);
    used += length;
  }
  return used;
}

/** Adds `delta` (mod 2^32) to the references of long views, in place. */
export function blockRebase(views: usize, n: u32, delta: u32): void {
  for (let k: u32 = 0; k < n; k++) {
    const at = views + (k << 4);
    if (load<u32>(at) > VIEW_INLINE_MAX) store<u32>(at + 8, load<u32>(at + 8) + delta);
  }
}

/** Copies views to `out` at the same positions, adding `base` to the references of long ones. Only live rows are written. */
export function blockBindViews(values: usize, sel: usize, n: u32, out: usize, base: u32): void {
  for (let k: u32 = 0; k < n; k++) {
    const offset = (sel == 0 ? k : load<u32>(sel + (k << 2))) << 4;
    const from = values + offset;
    const word = load<u64>(from + 8);
    store<u64>(out + offset, load<u64>(from));
    store<u64>(out + offset + 8, load<u32>(from) > VIEW_INLINE_MAX ? word + <u64>base : word);
  }
}

/** out[k] = start + k * step; start and step are i64 in memory. Wraps. */
export function rangeFill(start: usize, step: usize, n: u32, out: usize): void {
  let value = load<i64>(start);
  const by = load<i64>(step);
  for (let k: u32 = 0; k < n; k++) {
    store<i64>(out + (k << 3), value);
    value += by;
  }
}
