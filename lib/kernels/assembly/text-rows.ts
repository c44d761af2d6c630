import { VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';

/*
 * Rows of text: cells (text-cells.ts) and strings of a block put together line by line, as CSV, as JSON or as they are.
 *
 * At `state`, u32 words: 0 columns, 1 address of the columns, 2 null's text, 3 its length, 4 a line's end, 5 its length, 6 a line's beginning, 7 its length,
 * 8 separator, 9 quote (256: none), 10 escape, 11 flags, 12 result: the end of what was written.
 * A column, 8 words: 0 kind, 1 address of the first row's cell or view, 2 validity bitmap (0: no nulls), 3 what a long view's reference counts from,
 * 4 what stands before the value, 5 its length, 6 bytes of a cell, 7 first row's bit in the bitmap.
 */

const CELL: u32 = 0;
const CELL_QUOTED: u32 = 1;
const CSV: u32 = 2;
const JSON: u32 = 3;
// 4 is a string as it is.

/** CSV: quotes round every text. */
const QUOTE_ALL: u32 = 1;
/** JSON: no fields for nulls. */
const SKIP_NULLS: u32 = 2;
/** A line that came out empty becomes two quotes: readers pass over empty lines. */
const MARK_EMPTY: u32 = 4;

/** CSV: a cell may need quotes too, since the separator or null's text looks like a piece of a number or a date. */
const QUOTE_CELLS: u32 = 8;

/** What a row may take beside its strings, for each column: a cell, a text before the value, and 16 bytes that are written too much. */
const CELL_ROOM: u32 = 96;

// @ts-ignore: decorator
@inline
function copySmall(to: usize, from: usize, length: u32): void {
  v128.store(to, v128.load(from));
  if (length > 16) memory.copy(to + 16, from + 16, length - 16);
}

/** Rows 0 .. n as lines from `out` on; how many there was room for before `end`, with the end of the last one in the state. */
export function textRows(state: usize, from: u32, n: u32, out: usize, end: usize): u32 {
  const count = load<u32>(state);
  const columns = <usize>load<u32>(state, 4);
  const nullText = <usize>load<u32>(state, 8);
  const nullLength = load<u32>(state, 12);
  const tail = <usize>load<u32>(state, 16);
  const tailLength = load<u32>(state, 20);
  const head = <usize>load<u32>(state, 24);
  const headLength = load<u32>(state, 28);
  const flags = load<u32>(state, 44);
  let to = out;
  for (let row = from; row < n; row++) {
    const start = to;
    let isFirst = true;
    if (to + headLength + tailLength + 64 > end) return stop(state, start, row - from);
    copySmall(to, head, headLength);
    to += headLength;
    for (let c: u32 = 0, column = columns; c < count; c++, column += 32) {
      const kind = load<u32>(column);
      const bitmap = <usize>load<u32>(column, 8);
      const prefixLength = load<u32>(column, 20);
      if (to + prefixLength + CELL_ROOM > end) return stop(state, start, row - from);
      const bit = row + load<u32>(column, 28);
      const isNull = bitmap == 0 ? false : ((load<u8>(bitmap + (bit >> 3)) >> <u8>(bit & 7)) & 1) == 0;
      if (isNull) {
        if ((flags & SKIP_NULLS) != 0) continue;
        if (to + prefixLength + nullLength + CELL_ROOM > end) return stop(state, start, row - from);
      }
      // The separator is the first byte of what stands before a value, but for the first value of a line.
      const skip: u32 = isFirst ? 1 : 0;
      isFirst = false;
      copySmall(to, <usize>load<u32>(column, 16) + skip, prefixLength - skip);
      to += prefixLength - skip;
      if (isNull) {
        copySmall(to, nullText, nullLength);
        to += nullLength;
        continue;
      }
      if (kind <= CELL_QUOTED) {
        const cell = <usize>load<u32>(column, 4) + row * load<u32>(column, 24);
        const length = <u32>load<u8>(cell);
        if ((flags & QUOTE_CELLS) != 0) {
          if (to + 2 * length + CELL_ROOM > end) return stop(state, start, row - from);
          to = writeCsv(state, to, cell + 1, length, (flags & QUOTE_ALL) != 0, nullText, nullLength);
          continue;
        }
        if (kind == CELL_QUOTED) {
          store<u8>(to, 34);
          to++;
        }
        v128.store(to, v128.load(cell, 1));
        if (length > 16) {
          v128.store(to, v128.load(cell, 17), 16);
          if (length > 32) v128.store(to, v128.load(cell, 33), 32);
          if (length > 48) v128.store(to, v128.load(cell, 49), 48);
        }
        to += length;
        if (kind == CELL_QUOTED) {
          store<u8>(to, 34);
          to++;
        }
        continue;
      }
      const view = <usize>load<u32>(column, 4) + (<usize>row << 4);
      const length = load<u32>(view);
      const text = length <= VIEW_INLINE_MAX ? view + VIEW_PREFIX : <usize>(load<u32>(view, VIEW_REF) + load<u32>(column, 12));
      const room = kind == JSON ? 6 * <u64>length : kind == CSV ? 2 * <u64>length : <u64>length;
      if (<u64>to + room + 64 > <u64>end) return stop(state, start, row - from);
      if (kind == CSV) to = writeCsv(state, to, text, length, (flags & QUOTE_ALL) != 0, nullText, nullLength);
      else if (kind == JSON) to = writeJson(to, text, length);
      else {
        memory.copy(to, text, length);
        to += length;
      }
    }
    if ((flags & MARK_EMPTY) != 0) {
      if (to == start) {
        const quote = load<u32>(state, 36);
        if (quote < 256) {
          store<u8>(to, <u8>quote);
          store<u8>(to, <u8>quote, 1);
          to += 2;
        }
      }
    }
    copySmall(to, tail, tailLength);
    to += tailLength;
  }
  return stop(state, to, n - from);
}

function stop(state: usize, to: usize, rows: u32): u32 {
  store<u32>(state, <u32>to, 48);
  return rows;
}

// @ts-ignore: decorator
@inline
function sixteen(text: usize, length: u32): v128 {
  // Up to twelve bytes lie in the view, zero padded.
  if (length <= VIEW_INLINE_MAX) return i64x2.replace_lane(i64x2.splat(load<u64>(text)), 1, <u64>load<u32>(text, 8));
  return v128.load(text);
}

/** A byte that is none of the line breaks and above 32, in every lane. */
const NOTHING: u8 = 0x78;

/** The bytes of the last, short piece of a text; others in the lanes beyond it. */
// @ts-ignore: decorator
@inline
function lastPiece(text: usize, at: u32, length: u32): v128 {
  // Overlaps the piece before: what was looked at twice is twice the same.
  if (length >= 16) return v128.load(text + length - 16);
  const piece = sixteen(text, length);
  const lanes = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return v128.bitselect(piece, i8x16.splat(NOTHING), i8x16.lt_u(lanes, i8x16.splat(<i8>length)));
}

function writeCsv(state: usize, out: usize, text: usize, length: u32, always: bool, nullText: usize, nullLength: u32): usize {
  const quote = load<u32>(state, 36);
  if (!always && length != 0) {
    const separator = i8x16.splat(<i8>load<u32>(state, 32));
    const quotes = i8x16.splat(<i8>quote);
    let special = i8x16.splat(0);
    let at: u32 = 0;
    for (; at + 16 <= length; at += 16) {
      const piece = v128.load(text + at);
      v128.store(out + at, piece);
      special = v128.or(special, marks(piece, separator, quotes));
    }
    if (at < length) {
      const piece = lastPiece(text, at, length);
      if (length >= 16) v128.store(out + length - 16, piece);
      else v128.store(out, piece);
      special = v128.or(special, marks(piece, separator, quotes));
    }
    if (!v128.any_true(special)) {
      // Blanks at the ends get lost in readers that trim; what looks like null must not become it.
      if (load<u8>(text) > 32 && load<u8>(text + length - 1) > 32) {
        if (length != nullLength || !sameText(text, nullText, length)) return out + length;
      }
    }
  }
  if (quote > 255) {
    memory.copy(out, text, length);
    return out + length;
  }
  const escape = load<u32>(state, 40);
  store<u8>(out, <u8>quote);
  let to = out + 1;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(text + i);
    const isMark = <u32>(byte == quote) | <u32>(byte == escape);
    if (isMark != 0) {
      store<u8>(to, <u8>escape);
      to++;
    }
    store<u8>(to, <u8>byte);
    to++;
  }
  store<u8>(to, <u8>quote);
  return to + 1;
}

// @ts-ignore: decorator
@inline
function marks(piece: v128, separator: v128, quotes: v128): v128 {
  const breaks = v128.or(i8x16.eq(piece, i8x16.splat(10)), i8x16.eq(piece, i8x16.splat(13)));
  return v128.or(breaks, v128.or(i8x16.eq(piece, separator), i8x16.eq(piece, quotes)));
}

function sameText(a: usize, b: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

function writeJson(out: usize, text: usize, length: u32): usize {
  store<u8>(out, 34);
  let to = out + 1;
  let special = i8x16.splat(0);
  let at: u32 = 0;
  for (; at + 16 <= length; at += 16) {
    const piece = v128.load(text + at);
    v128.store(to + at, piece);
    special = v128.or(special, escapes(piece));
  }
  if (at < length) {
    const piece = lastPiece(text, at, length);
    if (length >= 16) v128.store(to + length - 16, piece);
    else v128.store(to, piece);
    special = v128.or(special, escapes(piece));
  }
  if (!v128.any_true(special)) {
    store<u8>(to + length, 34);
    return to + length + 1;
  }
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(text + i);
    if (byte >= 32) {
      const isMark = <u32>(byte == 34) | <u32>(byte == 92);
      if (isMark != 0) {
        store<u8>(to, 92);
        to++;
      }
      store<u8>(to, <u8>byte);
      to++;
      continue;
    }
    store<u8>(to, 92);
    const letter: u32 = byte == 10 ? 110 : byte == 13 ? 114 : byte == 9 ? 116 : byte == 8 ? 98 : byte == 12 ? 102 : 0;
    if (letter != 0) {
      store<u8>(to, <u8>letter, 1);
      to += 2;
      continue;
    }
    store<u32>(to, 0x30303075, 1);
    to += 4;
    const low = byte & 15;
    store<u8>(to, <u8>(48 + (byte >> 4)));
    store<u8>(to, <u8>(low < 10 ? 48 + low : 87 + low), 1);
    to += 2;
  }
  store<u8>(to, 34);
  return to + 1;
}

// @ts-ignore: decorator
@inline
function escapes(piece: v128): v128 {
  const marked = v128.or(i8x16.eq(piece, i8x16.splat(34)), i8x16.eq(piece, i8x16.splat(92)));
  return v128.or(marked, i8x16.lt_u(piece, i8x16.splat(32)));
}
