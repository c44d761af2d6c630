// Spans of JSON text as typed columns. The usual forms of each type; what is something else is left to the host. A column record is that of CSV (csv-column.ts), whose
// number parsing this uses, with spans in place of field ends.

import {
  COL_ENDS, COL_HEAP, COL_N, COL_NULLS, COL_NULL_COUNT, COL_POWERS, COL_SEL, COL_VALUES, beginColumn, markBad, positionOf,
} from './csv-column';
import { BOOLEAN, DATE, NO_DATE, NO_TIMESTAMP, TIMESTAMP, parseDate, parseTimestamp } from './csv-moments';
import { DECIMAL_LONG, DECIMAL_WIDE, DOUBLE, INT, LONG, fastNumber, slowNumber } from './csv-numbers';
import { storeZero } from './csv-values';
import { writeView } from './csv-views';
import { allocate } from './heap';
import { BACKSLASH, OPEN_OBJECT, QUOTE, isNullText } from './json-record';
import { jsonValid, literalEnd, numberEnd, specialEnd, unescapeText } from './json-text';
import { VIEW_BYTES } from './layout';

/** Whether a text begins and ends as a number of plain digits does: what fastNumber takes then is JSON. */
// @ts-ignore: decorator
@inline
export function looksPlain(start: u32, stop: u32): bool {
  const at = load<u8>(start) == 45 ? start + 1 : start;
  const first = <u32>load<u8>(at) - 48;
  if (first > 9) return false;
  if (<u32>load<u8>(stop - 1) - 48 > 9) return false;
  if (first == 0) return <u32>load<u8>(at, 1) - 48 > 9 || at + 1 == stop;
  return true;
}

/** Stores what start..stop says; false if it is not in the type's usual form. */
// @ts-ignore: decorator
@inline
function parseMoment(kind: u32, values: u32, position: u32, start: u32, stop: u32): bool {
  if (kind == BOOLEAN) {
    store<u8>(values + position, <u8>(load<u8>(start) == 116));
    return load<u8>(start) != 110 && literalEnd(start, stop) == stop;
  }
  if (<u32>load<u8>(start) != QUOTE) return false;
  if (<u32>load<u8>(stop - 1) != QUOTE) return false;
  const length = stop - start - 2;
  if (kind == DATE) {
    const days = length == 10 ? parseDate(start + 1) : NO_DATE;
    store<i32>(values + (position << 2), days);
    return days != NO_DATE;
  }
  const micros = stop - start > 20 ? parseTimestamp(start + 1, length) : NO_TIMESTAMP;
  store<i64>(values + (position << 3), micros);
  return micros != NO_TIMESTAMP;
}

/** What a value is, in the type's usual form. */
const THERE: u32 = 0;
const NULL: u32 = 1;
const OTHER: u32 = 2;

// @ts-ignore: decorator
@inline
function readValue(c: usize, kind: u32, values: u32, position: u32, start: u32, stop: u32, powers: u32): u32 {
  if (kind >= DATE) return parseMoment(kind, values, position, start, stop) ? THERE : OTHER;
  if (!looksPlain(start, stop)) return OTHER;
  if (fastNumber(c, kind, values, position, start, stop, powers)) return THERE;
  return slowNumber(c, kind, position, start, stop);
}

/** Numbers, dates, times and booleans: one loop, of which each kernel is a copy with its own parsing in it. */
// @ts-ignore: decorator
@inline
function column(c: usize, kind: u32): void {
  beginColumn(c);
  const spans = load<u32>(c, COL_ENDS);
  const sel = load<u32>(c, COL_SEL);
  const n = load<u32>(c, COL_N);
  const values = load<u32>(c, COL_VALUES);
  const nulls = load<u32>(c, COL_NULLS);
  const powers = load<u32>(c, COL_POWERS);
  let nullCount: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const position = positionOf(sel, k);
    const span = spans + (position << 3);
    const start = load<u32>(span);
    let found = NULL;
    if (start != 0) {
      const stop = load<u32>(span, 4);
      found = readValue(c, kind, values, position, start, stop, powers);
      if (found == OTHER) {
        found = NULL;
        if (!isNullText(start, stop)) markBad(c, position);
      }
    }
    store<u8>(nulls + position, <u8>found);
    if (found != THERE) {
      nullCount++;
      storeZero(kind, values, position);
    }
  }
  store<u32>(c, nullCount, COL_NULL_COUNT);
}

export function jsonInt32(c: usize): void {
  column(c, INT);
}

export function jsonInt64(c: usize): void {
  column(c, LONG);
}

export function jsonFloat64(c: usize): void {
  column(c, DOUBLE);
}

export function jsonDecimal64(c: usize): void {
  column(c, DECIMAL_LONG);
}

export function jsonDecimal128(c: usize): void {
  column(c, DECIMAL_WIDE);
}

export function jsonDate(c: usize): void {
  column(c, DATE);
}

export function jsonTimestamp(c: usize): void {
  column(c, TIMESTAMP);
}

export function jsonBoolean(c: usize): void {
  column(c, BOOLEAN);
}

/** Whether all bytes stand for themselves: no quote, backslash, control character, nothing beyond ASCII. Reads up to 15 bytes behind the text. */
// @ts-ignore: decorator
@inline
export function isPlainText(start: u32, stop: u32): bool {
  const quote = i8x16.splat(<i8>QUOTE);
  const backslash = i8x16.splat(<i8>BACKSLASH);
  const space = i8x16.splat(32);
  let at = start;
  while (at < stop) {
    const text = v128.load(at);
    // Signed: bytes beyond ASCII are less than a space too.
    let found = <u32>i8x16.bitmask(v128.or(i8x16.lt_s(text, space), v128.or(i8x16.eq(text, quote), i8x16.eq(text, backslash))));
    const left = stop - at;
    if (left < 16) found &= (1 << left) - 1;
    if (found != 0) return false;
    at += 16;
  }
  return true;
}

/** Strings as views of the text where nothing in them is escaped. Values that are no strings keep their text, as in Spark. */
export function jsonStrings(c: usize): void {
  beginColumn(c);
  const spans = load<u32>(c, COL_ENDS);
  const sel = load<u32>(c, COL_SEL);
  const n = load<u32>(c, COL_N);
  const values = load<u32>(c, COL_VALUES);
  const nulls = load<u32>(c, COL_NULLS);
  let nullCount: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const position = positionOf(sel, k);
    const span = spans + (position << 3);
    const view = values + position * VIEW_BYTES;
    const start = load<u32>(span);
    let isNull = true;
    if (start != 0) {
      const stop = load<u32>(span, 4);
      if (<u32>load<u8>(start) == QUOTE) {
        if (<u32>load<u8>(stop - 1) == QUOTE && stop - start >= 2 && isPlainText(start + 1, stop - 1)) {
          writeView(view, start + 1, stop - start - 2);
          isNull = false;
        } else {
          isNull = !specialString(c, view, position, start, stop);
        }
      } else if (!isNullText(start, stop)) {
        isNull = !isOtherValue(start, stop);
        if (isNull) markBad(c, position);
        else writeView(view, start, stop - start);
      }
    }
    store<u8>(nulls + position, isNull ? 1 : 0);
    if (isNull) {
      nullCount++;
      v128.store(view, i64x2.splat(0));
    }
  }
  store<u32>(c, nullCount, COL_NULL_COUNT);
}

function specialString(c: usize, view: u32, position: u32, start: u32, stop: u32): bool {
  if (stop - start >= 2 && <u32>load<u8>(stop - 1) == QUOTE) {
    const out = <u32>allocate(load<u32>(c, COL_HEAP), stop - start + 16);
    const bytes = unescapeText(out, start + 1, stop - 1);
    if (bytes >= 0) {
      writeView(view, out, <u32>bytes);
      return true;
    }
  }
  markBad(c, position);
  return false;
}

export function isOtherValue(start: u32, stop: u32): bool {
  const byte = <u32>load<u8>(start);
  if ((byte | 32) == OPEN_OBJECT) return jsonValid(start, stop) != 0;
  if ((byte == 45 || byte - 48 < 10 ? numberEnd(start, stop) : literalEnd(start, stop)) == stop) return true;
  return specialEnd(start, stop) == stop;
}
