// Nested values as packed ones (lib/memory/packed.ts), written as the text is read, by a program made of the type. What is not in its usual form is left to the host, whole.
//
// Nodes of a program: u32 kind, u32 detail, and
//   arrays: detail is the element's node;
//   structs: detail is how many fields; u32 bytes of null bits and slots, u32 names (json-record.ts, JS_NAMES), u32 their mask, u32 hints, u32 how many, and for each field u32 node, u32 slot's offset;
//   maps, whose keys are strings: detail is the value's node.
// A hint is the field that was last found in that place of an object: mostly it is the same again.

import { COL_DECIMAL, COL_BAD_COUNT, COL_ENDS, COL_HEAP, COL_N, COL_NULLS, COL_NULL_COUNT, COL_POWERS, COL_SEL, COL_VALUES, beginColumn, markBad, positionOf } from './csv-column';
import { DECIMAL_LONG, DECIMAL_WIDE, DOUBLE, INT, LONG, fastNumber, slowNumber } from './csv-numbers';
import { NO_DATE, NO_TIMESTAMP, parseDate, parseTimestamp } from './csv-moments';
import { allocate } from './heap';
import { jsonNameHash } from './json-keys';
import { BACKSLASH, CLOSE_ARRAY, CLOSE_OBJECT, COMMA, OPEN_ARRAY, OPEN_OBJECT, QUOTE, isNullText, skipSpace } from './json-record';
import { afterColon, countItems, isNullAt, skipString, skipValue, tokenEnd } from './json-skip';
import { literalEnd, unescapeText } from './json-text';
import { isOtherValue, isPlainText, looksPlain } from './json-values';
import { PACKED_HEADER_BYTES, VIEW_BYTES } from './layout';
import { nullBitsBytes, padded } from './packed';
import { equalBytes, setView } from './utf8';

/** Words of the column record behind those of csv-column.ts. */
const COL_OUT: u32 = 104; // where the next bytes go
const COL_OUT_END: u32 = 108;
const COL_OUT_START: u32 = 112;
const COL_PROGRAM: u32 = 116;
const COL_RESUME: u32 = 120; // live rows that are done

const K_BOOLEAN: u32 = 1;
const K_INT: u32 = 2;
const K_LONG: u32 = 3;
const K_DOUBLE: u32 = 4;
const K_FLOAT: u32 = 5;
const K_DATE: u32 = 6;
const K_TIMESTAMP: u32 = 7;
const K_STRING: u32 = 8;
const K_DECIMAL: u32 = 9; // detail: precision | scale << 8
const K_ARRAY: u32 = 10;
const K_STRUCT: u32 = 11;
const K_MAP: u32 = 12;

const NODE_DETAIL: u32 = 4;
const STRUCT_FIXED: u32 = 8;
const STRUCT_NAMES: u32 = 12;
const STRUCT_NAMES_MASK: u32 = 16;
const STRUCT_HINTS: u32 = 20;
const STRUCT_HINT_COUNT: u32 = 24;
const STRUCT_FIELDS: u32 = 28;

/** What reading a value returns instead of the address behind it. */
const BAD: u32 = 0;
const NO_ROOM: u32 = 1;

/** Returns 1 where the room for one value does not do: the host makes more and calls again. */
export function jsonNested(c: usize): u32 {
  const spans = load<u32>(c, COL_ENDS);
  const sel = load<u32>(c, COL_SEL);
  const n = load<u32>(c, COL_N);
  const values = load<u32>(c, COL_VALUES);
  const nulls = load<u32>(c, COL_NULLS);
  const program = load<u32>(c, COL_PROGRAM);
  const heap = load<u32>(c, COL_HEAP);
  const first = load<u32>(c, COL_RESUME);
  if (first == 0) beginColumn(c);
  let nullCount = load<u32>(c, COL_NULL_COUNT);
  for (let k = first; k < n; k++) {
    const position = positionOf(sel, k);
    const span = spans + (position << 3);
    const view = values + position * VIEW_BYTES;
    const start = load<u32>(span);
    let isNull: u32 = 1;
    if (start != 0) {
      const stop = load<u32>(span, 4);
      const base = load<u32>(c, COL_OUT_START);
      store<u32>(c, base, COL_OUT);
      const end = nested(c, program, start, stop);
      if (end == NO_ROOM) {
        store<u32>(c, k, COL_RESUME);
        store<u32>(c, nullCount, COL_NULL_COUNT);
        return 1;
      }
      if (end == stop) {
        const bytes = load<u32>(c, COL_OUT) - base;
        const at = <u32>allocate(heap, bytes + 16);
        memory.copy(at, base, bytes);
        setView(view, at, bytes);
        isNull = 0;
      } else if (!isNullText(start, stop)) {
        markBad(c, position);
      }
    }
    store<u8>(nulls + position, <u8>isNull);
    if (isNull != 0) {
      nullCount++;
      v128.store(view, i64x2.splat(0));
    }
  }
  store<u32>(c, nullCount, COL_NULL_COUNT);
  return 0;
}

// @ts-ignore: decorator
@inline
function slotWidth(kind: u32, detail: u32): u32 {
  if (kind == K_BOOLEAN) return 1;
  if (kind == K_INT || kind == K_DATE) return 4;
  return kind == K_DECIMAL && (detail & 255) > 18 ? 16 : 8;
}

/** Zeroed bytes behind what is written; 0 if there is no room. */
function reserve(c: usize, bytes: u64): u32 {
  const at = load<u32>(c, COL_OUT);
  if (bytes + 16 > <u64>(load<u32>(c, COL_OUT_END) - at)) return 0;
  memory.fill(at, 0, <u32>bytes);
  store<u32>(c, at + <u32>bytes, COL_OUT);
  return at;
}

function nested(c: usize, node: u32, at: u32, stop: u32): u32 {
  const kind = load<u32>(node);
  const byte = <u32>load<u8>(at);
  if (kind == K_ARRAY) return byte == OPEN_ARRAY ? arrayOf(c, load<u32>(node, NODE_DETAIL), at + 1, stop, 0) : BAD;
  if (byte != OPEN_OBJECT) return BAD;
  return kind == K_STRUCT ? structOf(c, node, at + 1, stop) : mapOf(c, node, at + 1, stop);
}

/** What arrayOf reads: the elements of an array, or of an object the values or the keys. */
const ELEMENTS: u32 = 0;
const VALUES: u32 = 1;
const KEYS: u32 = 2;

/** An array of what stands before the bracket that closes at the level of `at`. `node`: of the elements; keys are strings. */
function arrayOf(c: usize, node: u32, from: u32, stop: u32, what: u32): u32 {
  const count = countItems(from, stop);
  if (count == u32.MAX_VALUE) return BAD;
  const kind = what == KEYS ? K_STRING : load<u32>(node);
  const width = slotWidth(kind, load<u32>(node, NODE_DETAIL));
  const base = reserve(c, <u64>PACKED_HEADER_BYTES + <u64>nullBitsBytes(count) + padded(<u64>count * width));
  if (base == 0) return NO_ROOM;
  store<u32>(base, count);
  const bits = base + PACKED_HEADER_BYTES;
  let slot = bits + nullBitsBytes(count);
  let at = skipSpace(from, stop);
  for (let i: u32 = 0; i < count; i++) {
    if (i != 0) {
      if (at >= stop || <u32>load<u8>(at) != COMMA) return BAD;
      at = skipSpace(at + 1, stop);
    }
    if (what == KEYS) {
      at = stringOf(c, at, stop, base, slot);
      if (at <= NO_ROOM) return at;
      at = afterColon(at, stop);
      if (at == 0) return BAD;
      at = skipValue(at, stop);
      if (at == 0) return BAD;
    } else {
      if (what == VALUES) {
        at = skipString(at, stop);
        if (at == 0) return BAD;
        at = afterColon(at, stop);
        if (at == 0) return BAD;
      }
      if (isNullAt(at, stop)) {
        const byte = bits + (i >> 3);
        store<u8>(byte, load<u8>(byte) | <u8>((<u32>1) << (i & 7)));
        at += 4;
      } else {
        at = valueOf(c, node, at, stop, base, slot);
        if (at <= NO_ROOM) return at;
      }
    }
    at = skipSpace(at, stop);
    slot += width;
  }
  if (at >= stop || <u32>load<u8>(at) != (what == ELEMENTS ? CLOSE_ARRAY : CLOSE_OBJECT)) return BAD;
  return at + 1;
}

/** Keys, then values: the text is read twice. */
function mapOf(c: usize, node: u32, from: u32, stop: u32): u32 {
  const base = reserve(c, PACKED_HEADER_BYTES);
  if (base == 0) return NO_ROOM;
  const value = load<u32>(node, NODE_DETAIL);
  const end = arrayOf(c, value, from, stop, KEYS);
  if (end <= NO_ROOM) return end;
  store<u32>(base, load<u32>(c, COL_OUT) - base - PACKED_HEADER_BYTES);
  return arrayOf(c, value, from, stop, VALUES);
}

function structOf(c: usize, node: u32, from: u32, stop: u32): u32 {
  const fields = load<u32>(node, NODE_DETAIL);
  const base = reserve(c, load<u32>(node, STRUCT_FIXED));
  if (base == 0) return NO_ROOM;
  // All null at first.
  for (let f: u32 = 0; f < fields; f += 8) {
    const left = fields - f;
    store<u8>(base + (f >> 3), <u8>(left >= 8 ? 255 : ((<u32>1) << left) - 1));
  }
  let at = skipSpace(from, stop);
  if (at < stop && <u32>load<u8>(at) == CLOSE_OBJECT) return at + 1;
  let place: u32 = 0;
  let last: i32 = -1;
  let ordered = true;
  while (true) {
    const end = skipString(at, stop);
    if (end == 0) return BAD;
    const field = fieldOf(node, at + 1, end - at - 2, place);
    if (field == AMBIGUOUS) return BAD;
    place++;
    at = afterColon(end, stop);
    if (at == 0) return BAD;
    if (field == UNKNOWN) {
      at = skipValue(at, stop);
      if (at == 0) return BAD;
    } else {
      const bit = base + (<u32>field >> 3);
      const mask = (<u32>1) << (<u32>field & 7);
      // A field that comes twice leaves bytes behind.
      if ((<u32>load<u8>(bit) & mask) == 0) return BAD;
      if (isNullAt(at, stop)) {
        at += 4;
      } else {
        const entry = node + STRUCT_FIELDS + (<u32>field << 3);
        at = valueOf(c, load<u32>(entry), at, stop, base, base + load<u32>(entry, 4));
        if (at <= NO_ROOM) return at;
        store<u8>(bit, load<u8>(bit) & ~<u8>mask);
        if (isVariable(load<u32>(load<u32>(entry)))) {
          if (field < last) ordered = false;
          last = field;
        }
      }
    }
    at = skipSpace(at, stop);
    if (at >= stop) return BAD;
    const byte = <u32>load<u8>(at);
    if (byte == CLOSE_OBJECT) {
      if (!ordered && !orderPieces(c, node, base)) return NO_ROOM;
      return at + 1;
    }
    if (byte != COMMA) return BAD;
    at = skipSpace(at + 1, stop);
  }
}

// @ts-ignore: decorator
@inline
function isVariable(kind: u32): bool {
  return kind == K_STRING || kind >= K_ARRAY;
}

/** Puts a struct's pieces, which lie as the text has them, into the order of its fields: equal values have equal bytes. */
function orderPieces(c: usize, node: u32, base: u32): bool {
  const start = base + load<u32>(node, STRUCT_FIXED);
  const copy = load<u32>(c, COL_OUT);
  const size = copy - start;
  if (<u64>size + 16 > <u64>(load<u32>(c, COL_OUT_END) - copy)) return false;
  const fields = load<u32>(node, NODE_DETAIL);
  let at: u32 = 0;
  for (let f: u32 = 0; f < fields; f++) {
    const entry = node + STRUCT_FIELDS + (f << 3);
    if (!isVariable(load<u32>(load<u32>(entry)))) continue;
    if (((<u32>load<u8>(base + (f >> 3)) >> (f & 7)) & 1) != 0) continue;
    const slot = base + load<u32>(entry, 4);
    const bytes = <u32>padded(load<u32>(slot, 4));
    memory.copy(copy + at, base + load<u32>(slot), bytes);
    store<u32>(slot, start + at - base);
    at += bytes;
  }
  memory.copy(start, copy, size);
  return true;
}

const UNKNOWN: i32 = -1;
const AMBIGUOUS: i32 = -2;

/** The field of a name; AMBIGUOUS for one with escapes. */
function fieldOf(node: u32, name: u32, length: u32, place: u32): i32 {
  const names = load<u32>(node, STRUCT_NAMES);
  const hints = load<u32>(node, STRUCT_HINTS);
  const hasHint = place < load<u32>(node, STRUCT_HINT_COUNT);
  if (hasHint) {
    const entry = names + (load<u32>(hints + (place << 2)) << 4);
    if (load<u32>(entry, 8) == length && load<u32>(entry, 4) != 0) {
      if (equalBytes(load<u32>(entry, 4), name, length)) return load<i32>(entry, 12);
    }
  }
  for (let i: u32 = 0; i < length; i++) {
    if (<u32>load<u8>(name + i) == BACKSLASH) return AMBIGUOUS;
  }
  const mask = load<u32>(node, STRUCT_NAMES_MASK);
  const hash = jsonNameHash(name, length);
  let i = hash & mask;
  while (true) {
    const entry = names + (i << 4);
    if (load<u32>(entry, 4) == 0) return UNKNOWN;
    if (load<u32>(entry) == hash && load<u32>(entry, 8) == length) {
      if (equalBytes(load<u32>(entry, 4), name, length)) {
        if (hasHint) store<u32>(hints + (place << 2), i);
        return load<i32>(entry, 12);
      }
    }
    i = (i + 1) & mask;
  }
}

/** Reads one value, which is not null, into a slot. */
function valueOf(c: usize, node: u32, at: u32, stop: u32, base: u32, slot: u32): u32 {
  if (at >= stop) return BAD;
  const kind = load<u32>(node);
  if (kind == K_STRING) return stringOf(c, at, stop, base, slot);
  if (kind >= K_ARRAY) {
    const piece = load<u32>(c, COL_OUT);
    const end = nested(c, node, at, stop);
    if (end <= NO_ROOM) return end;
    store<u32>(slot, piece - base);
    store<u32>(slot, load<u32>(c, COL_OUT) - piece, 4);
    return end;
  }
  if (kind == K_DATE || kind == K_TIMESTAMP) {
    const end = skipString(at, stop);
    if (end == 0) return BAD;
    const length = end - at - 2;
    if (kind == K_DATE) {
      const days = length == 10 ? parseDate(at + 1) : NO_DATE;
      if (days == NO_DATE) return BAD;
      store<i32>(slot, days);
    } else {
      const micros = parseTimestamp(at + 1, length);
      if (micros == NO_TIMESTAMP) return BAD;
      store<i64>(slot, micros);
    }
    return end;
  }
  const end = tokenEnd(at, stop);
  if (end == at) return BAD;
  if (kind == K_BOOLEAN) {
    if (literalEnd(at, end) != end) return BAD;
    store<u8>(slot, <u8>(load<u8>(at) == 116));
    return end;
  }
  if (!looksPlain(at, end)) return BAD;
  let ok = false;
  if (kind == K_INT) ok = numberOf(c, INT, at, end, slot);
  else if (kind == K_LONG) ok = numberOf(c, LONG, at, end, slot);
  else if (kind == K_DECIMAL) {
    const decimal = load<u32>(node, NODE_DETAIL);
    store<u32>(c, decimal, COL_DECIMAL);
    ok = (decimal & 255) > 18 ? numberOf(c, DECIMAL_WIDE, at, end, slot) : numberOf(c, DECIMAL_LONG, at, end, slot);
  } else if (kind == K_DOUBLE || kind == K_FLOAT) {
    ok = numberOf(c, DOUBLE, at, end, slot);
    if (kind == K_FLOAT) store<f64>(slot, <f64>(<f32>load<f64>(slot)));
  }
  return ok ? end : BAD;
}

// @ts-ignore: decorator
@inline
function numberOf(c: usize, kind: u32, at: u32, end: u32, slot: u32): bool {
  if (fastNumber(c, kind, slot, 0, at, end, load<u32>(c, COL_POWERS))) return true;
  // The slow way knows columns only.
  const values = load<u32>(c, COL_VALUES);
  const bad = load<u32>(c, COL_BAD_COUNT);
  store<u32>(c, slot, COL_VALUES);
  const isNull = slowNumber(c, kind, 0, at, end);
  store<u32>(c, values, COL_VALUES);
  const ok = isNull == 0 && load<u32>(c, COL_BAD_COUNT) == bad;
  store<u32>(c, bad, COL_BAD_COUNT);
  return ok;
}

/** A string's bytes as the next piece. A value that is no string keeps its text. */
function stringOf(c: usize, at: u32, stop: u32, base: u32, slot: u32): u32 {
  if (at >= stop) return BAD;
  const isString = <u32>load<u8>(at) == QUOTE;
  const end = isString ? skipString(at, stop) : skipValue(at, stop);
  if (end == 0) return BAD;
  const start = isString ? at + 1 : at;
  const size = isString ? end - at - 2 : end - at;
  if (!isString && !isOtherValue(at, end)) return BAD;
  const piece = reserve(c, padded(size));
  if (piece == 0) return NO_ROOM;
  let bytes = size;
  if (!isString || isPlainText(start, end - 1)) {
    memory.copy(piece, start, size);
  } else {
    const written = unescapeText(piece, start, end - 1);
    if (written < 0) return BAD;
    bytes = <u32>written;
    const next = piece + <u32>padded(bytes);
    memory.fill(piece + bytes, 0, next - piece - bytes);
    store<u32>(c, next, COL_OUT);
  }
  store<u32>(slot, piece - base);
  store<u32>(slot, bytes, 4);
  return end;
}
