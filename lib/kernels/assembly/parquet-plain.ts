// Parquet's PLAIN encoding: values one after the other. Fixed widths are copied as they are and converted where they lie (parquet-convert.ts); strings become views of the page.

import { writeView } from './csv-views';
import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';

/**
 * Booleans, a bit each from bit `first` on (the lowest bit of a byte first), as `n` bytes of 0 and 1 to `out`. Returns 0, or −1 where [source, sourceEnd) ends before.
 */
export function plainBooleans(source: usize, sourceEnd: usize, first: u32, n: u32, out: usize): i32 {
  if (<u64>first + n > <u64>(sourceEnd - source) << 3) return -1;
  let at = source + (first >> 3);
  let bit = first & 7;
  const end = out + n;
  for (; bit != 0 && out < end; out++) {
    store<u8>(out, (<u32>load<u8>(at) >> bit) & 1);
    bit = (bit + 1) & 7;
    if (bit == 0) at++;
  }
  for (; out + 8 <= end; out += 8) {
    // Bit i goes to byte i: every byte gets all bits and keeps its own.
    const spread = (<u64>load<u8>(at) * 0x0101010101010101) & 0x8040201008040201;
    store<u64>(out, ((spread + 0x7f7f7f7f7f7f7f7f) >> 7) & 0x0101010101010101);
    at++;
  }
  for (bit = 0; out < end; out++) {
    store<u8>(out, (<u32>load<u8>(at) >> bit) & 1);
    bit++;
  }
  return 0;
}

/**
 * Views of `n` strings, each a u32 length and its bytes, to `out`: long ones refer to the source. Up to 15 bytes behind sourceEnd are read and ignored. Returns the bytes
 * that the strings take of the source, or −1 where one does not end within it.
 */
export function plainViews(source: usize, sourceEnd: usize, n: u32, out: usize): i32 {
  let at = source;
  const end = out + <usize>n * VIEW_BYTES;
  for (; out < end; out += VIEW_BYTES) {
    const left = <u32>(sourceEnd - at);
    if (left < 4) return -1;
    const length = load<u32>(at);
    if (length > left - 4) return -1;
    at += 4;
    writeView(<u32>out, <u32>at, length);
    at += length;
  }
  return <i32>(at - source);
}

/** The bytes that `n` strings take of [source, sourceEnd), each a u32 length and its bytes; −1 where one does not end within it. */
export function plainSkip(source: usize, sourceEnd: usize, n: u32): i32 {
  let at = source;
  for (; n > 0; n--) {
    const left = <u32>(sourceEnd - at);
    if (left < 4) return -1;
    const length = load<u32>(at);
    if (length > left - 4) return -1;
    at += 4 + length;
  }
  return <i32>(at - source);
}

/**
 * Views of `n` values of `width` bytes each, one after the other, to `out`. Up to 15 bytes behind sourceEnd are read and ignored. Returns the bytes that they take of the source, or −1
 * where it ends before.
 */
export function fixedViews(source: usize, sourceEnd: usize, width: u32, n: u32, out: usize): i32 {
  const bytes = <u64>n * width;
  if (bytes > <u64>(sourceEnd - source)) return -1;
  for (let at = source; n > 0; n--) {
    writeView(<u32>out, <u32>at, width);
    at += width;
    out += VIEW_BYTES;
  }
  return <i32>bytes;
}

/**
 * Values of `n` views, all of which must be `width` bytes long, one after the other to `out`. Returns 0, or −1 where a length is another.
 */
export function viewsToFixed(views: usize, n: u32, width: u32, out: usize): i32 {
  for (; n > 0; n--) {
    const length = load<u32>(views);
    if (length != width) return -1;
    memory.copy(out, length <= VIEW_INLINE_MAX ? views + VIEW_PREFIX : <usize>load<u32>(views, VIEW_REF), width);
    out += width;
    views += VIEW_BYTES;
  }
  return 0;
}

/**
 * Joins the streams of BYTE_STREAM_SPLIT: byte b of value i lies at source + b * total + i. The `n` values of `width` bytes from value `first` on go to `out`. Returns 0, or −1
 * where the streams are not all within [source, sourceEnd) or have fewer values.
 */
export function streamsJoin(source: usize, sourceEnd: usize, total: u32, width: u32, first: u32, n: u32, out: usize): i32 {
  if (<u64>total * width > <u64>(sourceEnd - source)) return -1;
  if (<u64>first + n > total) return -1;
  const at = source + first;
  if (width == 4) joinFour(at, total, n, out);
  else if (width == 8) joinEight(at, total, n, out);
  else joinAny(at, total, width, n, 0, out);
  return 0;
}

function joinAny(at: usize, total: u32, width: u32, n: u32, done: u32, out: usize): void {
  for (let b: u32 = 0; b < width; b++) {
    let to = out + <usize>done * width + b;
    const stream = at + <usize>b * total;
    for (let i = done; i < n; i++) {
      store<u8>(to, load<u8>(stream + i));
      to += width;
    }
  }
}

// @ts-ignore: decorator
@inline
function zipLow(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
function zipHigh(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

function joinFour(at: usize, total: u32, n: u32, out: usize): void {
  let i: u32 = 0;
  for (; i + 16 <= n; i += 16) {
    const a = v128.load(at + i);
    const b = v128.load(at + i + total);
    const c = v128.load(at + i + (<usize>total << 1));
    const d = v128.load(at + i + <usize>total * 3);
    const acLow = zipLow(a, c);
    const acHigh = zipHigh(a, c);
    const bdLow = zipLow(b, d);
    const bdHigh = zipHigh(b, d);
    const to = out + (<usize>i << 2);
    v128.store(to, zipLow(acLow, bdLow));
    v128.store(to, zipHigh(acLow, bdLow), 16);
    v128.store(to, zipLow(acHigh, bdHigh), 32);
    v128.store(to, zipHigh(acHigh, bdHigh), 48);
  }
  joinAny(at, total, 4, n, i, out);
}

function joinEight(at: usize, total: u32, n: u32, out: usize): void {
  let i: u32 = 0;
  for (; i + 16 <= n; i += 16) {
    let from = at + i;
    const a = v128.load(from);
    const b = v128.load((from += total));
    const c = v128.load((from += total));
    const d = v128.load((from += total));
    const e = v128.load((from += total));
    const f = v128.load((from += total));
    const g = v128.load((from += total));
    const h = v128.load((from += total));
    const to = out + (<usize>i << 3);
    eightRows(zipLow(a, e), zipLow(b, f), zipLow(c, g), zipLow(d, h), to);
    eightRows(zipHigh(a, e), zipHigh(b, f), zipHigh(c, g), zipHigh(d, h), to + 64);
  }
  joinAny(at, total, 8, n, i, out);
}

// @ts-ignore: decorator
@inline
function eightRows(ae: v128, bf: v128, cg: v128, dh: v128, to: usize): void {
  const acegLow = zipLow(ae, cg);
  const acegHigh = zipHigh(ae, cg);
  const bdfhLow = zipLow(bf, dh);
  const bdfhHigh = zipHigh(bf, dh);
  v128.store(to, zipLow(acegLow, bdfhLow));
  v128.store(to, zipHigh(acegLow, bdfhLow), 16);
  v128.store(to, zipLow(acegHigh, bdfhHigh), 32);
  v128.store(to, zipHigh(acegHigh, bdfhHigh), 48);
}
