// Arrow's buffers to vectors. Nothing that a buffer says is trusted: offsets, numbers and lengths are compared with what is there before they are used. Buffers may be read 16 bytes behind their ends.

import { writeView } from './csv-views';
import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';

/**
 * Views of `n` strings: their `n + 1` offsets (u32) lie at `offsets`, and the data from offset `low` on, `span` bytes of it, at `data`. Returns 0, or −1 where offsets go down or leave the data.
 */
export function arrowViews(offsets: usize, n: u32, low: u32, data: usize, span: u32, out: usize): i32 {
  let before = load<u32>(offsets) - low;
  if (before > span) return -1;
  const end = out + <usize>n * VIEW_BYTES;
  for (; out < end; out += VIEW_BYTES) {
    offsets += 4;
    const next = load<u32>(offsets) - low;
    if (next < before || next > span) return -1;
    writeView(<u32>out, <u32>data + before, next - before);
    before = next;
  }
  return 0;
}

/**
 * `n + 1` offsets, of 32 or (`wide`) 64 bits, as u32 counted from the first of them, to `out`. Returns 0, or −1 where they go down or come to more than `span` in all.
 */
export function arrowOffsets(from: usize, n: u32, wide: bool, span: u32, out: usize): i32 {
  let before: u64 = 0;
  const first = wide ? load<u64>(from) : <u64>load<u32>(from);
  for (let k: u32 = 0; k <= n; k++) {
    const at = (wide ? load<u64>(from + (<usize>k << 3)) : <u64>load<u32>(from + (<usize>k << 2))) - first;
    if (at < before || at > <u64>span) return -1;
    store<u32>(out + (<usize>k << 2), <u32>at);
    before = at;
  }
  return 0;
}

/**
 * Views of `n` values of the view layout (16 bytes: i32 length; the bytes themselves, or 4 of them, i32 buffer, i32 offset). `buffers`: for each of `count` data buffers u32 address, u32 bytes.
 * Those that are null by `nulls` (0: none) become empty. Returns 0, or −1 where one does not lie within its buffer. `out` may be `from`.
 */
export function arrowStringViews(from: usize, n: u32, nulls: usize, buffers: usize, count: u32, out: usize): i32 {
  for (let k: u32 = 0; k < n; k++, from += VIEW_BYTES, out += VIEW_BYTES) {
    if (nulls != 0) {
      if (load<u8>(nulls + k) != 0) {
        v128.store(out, i64x2.splat(0));
        continue;
      }
    }
    const length = load<u32>(from);
    if (length <= VIEW_INLINE_MAX) {
      // What lies behind the bytes is not always zero.
      writeView(<u32>out, <u32>from + VIEW_PREFIX, length);
      continue;
    }
    const buffer = load<u32>(from, VIEW_REF);
    const at = load<u32>(from, VIEW_REF + 4);
    if (buffer >= count) return -1;
    const bytes = load<u32>(buffers + (<usize>buffer << 3), 4);
    if (at > bytes || length > bytes - at) return -1;
    writeView(<u32>out, load<u32>(buffers + (<usize>buffer << 3)) + at, length);
  }
  return 0;
}

/**
 * Numbers in a dictionary, of `width` bytes, as u32; those that no u32 holds become its greatest, those that are null by `nulls` (0: none) become 0.
 */
export function arrowIndices(from: usize, n: u32, width: u32, signed: bool, nulls: usize, out: usize): void {
  for (let k: u32 = 0; k < n; k++) {
    let index: u32;
    if (width == 1) index = signed ? <u32><i32>load<i8>(from + k) : <u32>load<u8>(from + k);
    else if (width == 2) index = signed ? <u32><i32>load<i16>(from + (<usize>k << 1)) : <u32>load<u16>(from + (<usize>k << 1));
    else if (width == 4) index = load<u32>(from + (<usize>k << 2));
    else {
      const wide = load<u64>(from + (<usize>k << 3));
      index = wide > 0xffffffff ? 0xffffffff : <u32>wide;
    }
    if (nulls != 0) {
      if (load<u8>(nulls + k) != 0) index = 0;
    }
    store<u32>(out + (<usize>k << 2), index);
  }
}

/** Bytes of a table for `n` indices (u32), which must be within it; or-ed with what is at `out` where `merge`. */
export function arrowGatherBytes(table: usize, indices: usize, n: u32, merge: bool, out: usize): void {
  for (let k: u32 = 0; k < n; k++) {
    const byte = <u32>load<u8>(table + load<u32>(indices + (<usize>k << 2)));
    store<u8>(out + k, merge ? byte | <u32>load<u8>(out + k) : byte);
  }
}

/** Zeros where `nulls` says so: what lies there may be anything. Values of `width` bytes. */
export function arrowClear(values: usize, n: u32, width: u32, nulls: usize): void {
  for (let k: u32 = 0; k < n; k++) {
    if (load<u8>(nulls + k) != 0) memory.fill(values + <usize>k * width, 0, width);
  }
}

/** i8 to i32. */
export function arrowWidenI8(from: usize, n: u32, to: usize): void {
  for (let k = n; k > 0; k--) store<i32>(to + (<usize>(k - 1) << 2), <i32>load<i8>(from + (k - 1)));
}

/** u8 to i32. */
export function arrowWidenU8(from: usize, n: u32, to: usize): void {
  for (let k = n; k > 0; k--) store<u32>(to + (<usize>(k - 1) << 2), <u32>load<u8>(from + (k - 1)));
}

/** i16 to i32. */
export function arrowWidenI16(from: usize, n: u32, to: usize): void {
  for (let k = n; k > 0; k--) store<i32>(to + (<usize>(k - 1) << 2), <i32>load<i16>(from + (<usize>(k - 1) << 1)));
}

/** u16 to i32. */
export function arrowWidenU16(from: usize, n: u32, to: usize): void {
  for (let k = n; k > 0; k--) store<u32>(to + (<usize>(k - 1) << 2), <u32>load<u16>(from + (<usize>(k - 1) << 1)));
}

/** Day-time intervals (i32 days, i32 milliseconds) to i64 microseconds. */
export function arrowDayTimes(from: usize, n: u32, to: usize): void {
  for (let k: u32 = 0; k < n; k++) {
    const at = from + (<usize>k << 3);
    store<i64>(to + (<usize>k << 3), <i64>load<i32>(at) * 86400000000 + <i64>load<i32>(at, 4) * 1000);
  }
}

/** Decimals of 4, 8, 16 or 32 bytes, the lowest first, to ones of 8 or 16 bytes. Returns 0, or −1 where one does not fit. `to` may be `from` where it is not wider. */
export function arrowDecimals(from: usize, n: u32, width: u32, toWidth: u32, to: usize): i32 {
  if (width == 16 && toWidth == 8) return halveDecimals(from, n, to);
  let lost: u64 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const low = width == 4 ? <i64>load<i32>(from) : load<i64>(from);
    let high = low >> 63;
    if (width >= 16) high = load<i64>(from, 8);
    if (width == 32) lost |= <u64>(load<i64>(from, 16) ^ (high >> 63)) | <u64>(load<i64>(from, 24) ^ (high >> 63));
    if (toWidth == 8) lost |= <u64>(high ^ (low >> 63));
    store<i64>(to, low);
    if (toWidth == 16) store<i64>(to, high, 8);
    from += width;
    to += toWidth;
  }
  return lost == 0 ? 0 : -1;
}

/** Decimals of 16 bytes to ones of 8, those at the `n` positions at `sel` that are not null only: the others stay undefined. Returns 0, or −1 where one does not fit. */
export function arrowDecimalsAt(from: usize, sel: usize, n: u32, nulls: usize, to: usize): i32 {
  let lost: i64 = 0;
  for (const end = sel + (<usize>n << 2); sel < end; sel += 4) {
    const row = <usize>load<u32>(sel);
    const low = load<i64>(from + (row << 4));
    const high = load<i64>(from + (row << 4), 8);
    store<i64>(to + (row << 3), low);
    const isNull = nulls != 0 && load<u8>(nulls + row) != 0;
    lost |= isNull ? 0 : high ^ (low >> 63);
  }
  return lost == 0 ? 0 : -1;
}

/** i32 to i8 or i16 (`width` 1 or 2), which hold them. */
export function arrowNarrow(from: usize, n: u32, width: u32, to: usize): void {
  if (width == 1) {
    for (let k: u32 = 0; k < n; k++) store<u8>(to + k, load<u32>(from + (<usize>k << 2)));
  } else {
    for (let k: u32 = 0; k < n; k++) store<u16>(to + (<usize>k << 1), load<u32>(from + (<usize>k << 2)));
  }
}

/**
 * `n` views, references of long ones counted from `base`: their bytes to `data`, of which `used` are there, and where each ends to `offsets`. `data`: room for 15 more. Returns how many are there then.
 */
export function arrowStrings(views: usize, n: u32, base: usize, data: usize, used: u32, offsets: usize): u32 {
  for (let k: u32 = 0; k < n; k++, views += VIEW_BYTES, offsets += 4) {
    const length = load<u32>(views);
    if (length <= VIEW_INLINE_MAX) {
      store<u64>(data + used, load<u64>(views, VIEW_PREFIX));
      store<u32>(data + used, load<u32>(views, VIEW_PREFIX + 8), 8);
    } else {
      memory.copy(data + used, base + <usize>load<u32>(views, VIEW_REF), length);
    }
    used += length;
    store<u32>(offsets, used);
  }
  return used;
}

/** i128 to i64, two at a time. */
function halveDecimals(from: usize, n: u32, to: usize): i32 {
  let lost = i64x2.splat(0);
  let k: u32 = 0;
  for (; k + 2 <= n; k += 2) {
    const a = v128.load(from);
    const b = v128.load(from, 16);
    const low = v128.shuffle<i64>(a, b, 0, 2);
    const high = v128.shuffle<i64>(a, b, 1, 3);
    lost = v128.or(lost, v128.xor(high, i64x2.shr_s(low, 63)));
    v128.store(to, low);
    from += 32;
    to += 16;
  }
  if (k < n) {
    const low = load<i64>(from);
    lost = v128.or(lost, i64x2.splat(load<i64>(from, 8) ^ (low >> 63)));
    store<i64>(to, low);
  }
  return v128.any_true(lost) ? -1 : 0;
}
