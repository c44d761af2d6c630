// Strings as views: short ones inline, long ones refer to the text; quoted ones with doubled or escaped quotes are rewritten into the heap.

import {
  COL_ENDS, COL_ESCAPE, COL_FIELD, COL_HEAP, COL_N, COL_NULLS, COL_NULL_COUNT, COL_NULL_LENGTH, COL_QUOTE, COL_QUOTED, COL_RETURN, COL_ROWS, COL_SEL,
  COL_SIZE, COL_START, COL_STRIDE, COL_TRIM, COL_VALUES, bareField, beginColumn, fieldEntry, isPlain, positionOf, startOf, stopOf,
} from './csv-column';
import { allocate } from './heap';
import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';

export function csvViews(c: usize): void {
  beginColumn(c);
  const asIs = load<u32>(c, COL_NULL_LENGTH) == 0 && load<u32>(c, COL_TRIM) == 0;
  if (asIs && isPlain(c)) plainViews(c);
  else anyViews(c, asIs);
}

/** All rows of a uniform batch, whose texts are taken as they are but for quotes. */
function plainViews(c: usize): void {
  const n = load<u32>(c, COL_N);
  const nulls = load<u32>(c, COL_NULLS);
  const quote = load<u32>(c, COL_QUOTE);
  const step = load<u32>(c, COL_STRIDE) << 2;
  let view = load<u32>(c, COL_VALUES);
  let entry = load<u32>(c, COL_ENDS) + (load<u32>(c, COL_FIELD) << 2) - 4;
  let nullCount: u32 = 0;
  for (let position: u32 = 0; position < n; position++) {
    const start = load<u32>(entry) + 1;
    const stop = load<u32>(entry, 4);
    entry += step;
    const length = stop - start;
    store<u8>(nulls + position, <u8>(length == 0));
    nullCount += <u32>(length == 0);
    // Without text there is no quote before its end either: what lies there is a delimiter.
    if (<u32>load<u8>(start) == quote && quote != 0) quotedView(c, view, start, stop, quote);
    else writeView(view, start, length);
    view += VIEW_BYTES;
  }
  store<u32>(c, nullCount, COL_NULL_COUNT);
}

/** A text that begins with a quote. */
// @ts-ignore: decorator
@inline
function quotedView(c: usize, view: u32, start: u32, stop: u32, quote: u32): void {
  if (stop - start < 2 || <u32>load<u8>(stop - 1) != quote) {
    writeView(view, start, stop - start);
    return;
  }
  const length = stop - start - 2;
  const escape = load<u32>(c, COL_ESCAPE);
  if (hasByte(start + 1, length, escape)) {
    const out = <u32>allocate(load<u32>(c, COL_HEAP), length + 16);
    writeView(view, out, unescape(out, start + 1, length, quote, escape));
  } else {
    writeView(view, start + 1, length);
  }
}

function anyViews(c: usize, asIs: bool): void {
  const rows = load<u32>(c, COL_ROWS);
  const ends = load<u32>(c, COL_ENDS);
  const field = load<u32>(c, COL_FIELD);
  const stride = load<u32>(c, COL_STRIDE);
  const sel = load<u32>(c, COL_SEL);
  const n = load<u32>(c, COL_N);
  const values = load<u32>(c, COL_VALUES);
  const nulls = load<u32>(c, COL_NULLS);
  const quote = load<u32>(c, COL_QUOTE);
  const escape = load<u32>(c, COL_ESCAPE);
  const ret = load<u32>(c, COL_RETURN);
  let nullCount: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const position = positionOf(sel, k);
    const view = values + position * VIEW_BYTES;
    const entry = fieldEntry(position, field, ends, stride, rows);
    let start: u32 = 0;
    let length: u32 = 0;
    let isNull = true;
    if (entry != 0) {
      start = startOf(entry, position, field, stride, rows);
      length = stopOf(entry, start, position, field, stride, rows, ret) - start;
      isNull = length == 0;
      let quoted = false;
      if (!isNull) {
        if (asIs) {
          quoted = <u32>load<u8>(start) == quote && quote != 0 && length >= 2 && <u32>load<u8>(start + length - 1) == quote;
          if (quoted) {
            start++;
            length -= 2;
          }
        } else {
          isNull = bareField(c, start, start + length);
          start = load<u32>(c, COL_START);
          length = load<u32>(c, COL_SIZE);
          quoted = load<u32>(c, COL_QUOTED) != 0;
        }
        if (quoted) {
          if (length == 0) isNull = false;
          else if (hasByte(start, length, escape)) {
            const out = <u32>allocate(load<u32>(c, COL_HEAP), length + 16);
            length = unescape(out, start, length, quote, escape);
            start = out;
          }
        }
      }
    }
    store<u8>(nulls + position, isNull ? 1 : 0);
    if (isNull) {
      nullCount++;
      v128.store(view, i64x2.splat(0));
      continue;
    }
    writeView(view, start, length);
  }
  store<u32>(c, nullCount, COL_NULL_COUNT);
}

/** Reads up to 15 bytes behind the text, which scans leave readable. */
// @ts-ignore: decorator
@inline
function hasByte(start: u32, length: u32, byte: u32): bool {
  const wanted = i8x16.splat(<i8>byte);
  let at = start;
  const stop = start + length;
  while (at < stop) {
    let found = <u32>i8x16.bitmask(i8x16.eq(v128.load(at), wanted));
    const left = stop - at;
    if (left < 16) found &= (1 << left) - 1;
    if (found != 0) return true;
    at += 16;
  }
  return false;
}

/** The text without its escapes. Returns how long it is. */
function unescape(out: u32, start: u32, size: u32, quote: u32, escape: u32): u32 {
  let length: u32 = 0;
  for (let i: u32 = 0; i < size; i++) {
    let byte = <u32>load<u8>(start + i);
    if (byte == escape) {
      if (i + 1 < size) {
        const next = <u32>load<u8>(start + i + 1);
        if (next == quote || next == escape) {
          i++;
          byte = next;
        }
      }
    }
    store<u8>(out + length, byte);
    length++;
  }
  return length;
}

/** Without a branch on the length, since strings' lengths vary. Reads up to 12 bytes of a shorter field's neighbours. */
// @ts-ignore: decorator
@inline
export function writeView(view: u32, start: u32, length: u32): void {
  const first = load<u32>(start);
  const rest = load<u64>(start, 4);
  const firstMask: u32 = length >= 4 ? 0xffffffff : (1 << (length << 3)) - 1;
  const over = length > 4 ? <u64>(length - 4) : 0;
  const restMask: u64 = over >= 8 ? ~(<u64>0) : ((<u64>1) << (over << 3)) - 1;
  store<u32>(view, length);
  store<u32>(view, first & firstMask, VIEW_PREFIX);
  store<u64>(view, length > VIEW_INLINE_MAX ? <u64>start : rest & restMask, VIEW_REF);
}

/** Fresh bytes of a heap, for texts that the host parsed. */
export function csvAllocate(heap: u32, bytes: u32): u32 {
  return <u32>allocate(heap, bytes);
}
