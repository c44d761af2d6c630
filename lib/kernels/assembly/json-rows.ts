// From structure to rows: each row's wanted fields as spans of text. Values are not looked at, and what nobody wants is skipped by its structure.

import { jsonIndex } from './json-index';
import {
  CLOSE_ARRAY, CLOSE_OBJECT, COMMA, DEPTH_MAX, JS_AT, JS_BAD, JS_BAD_COUNT, JS_CAPACITY, JS_COUNT, JS_END, JS_FOUND, JS_LAYOUT, JS_LIMIT, JS_LIST, JS_NEXT, JS_PLACE,
  JS_ROWS, JS_ROW_SPANS, JS_SHAPE, JS_SPANS, JS_SPAN_STRIDE, JS_START, JS_STATUS, JS_STRICT, JS_WANTED, NEWLINE, OPEN_ARRAY, OPEN_OBJECT, SHAPE_COUNT, SHAPE_DOCUMENT,
  STATUS_BROKEN, STATUS_DATA, STATUS_FULL, STATUS_LIST, isSpace, skipSpace, trimSpace,
} from './json-record';
import { LAYOUT_SLOTS, LAYOUT_SLOT_BYTES, findKey, nextSlot, slotColumn, slotLength, slotMatches } from './json-keys';
import { jsonValid } from './json-text';

/** What a walk returns instead of an entry. */
const MALFORMED: u32 = 0;
const INCOMPLETE: u32 = 1;

/** Between documents; behind an array's bracket; behind a value in an array; behind a comma in one. */
const PLACE_TOP: u32 = 0;
const PLACE_ARRAY: u32 = 1;
const PLACE_VALUE: u32 = 2;
const PLACE_COMMA: u32 = 3;

/** Finds up to JS_CAPACITY rows, indexing as it goes. */
export function jsonRows(r: usize): void {
  const capacity = load<u32>(r, JS_CAPACITY);
  const isDocument = load<u32>(r, JS_SHAPE) == SHAPE_DOCUMENT;
  let rows: u32 = 0;
  store<u32>(r, 0, JS_BAD_COUNT);
  while (true) {
    rows = isDocument ? documentRows(r, rows, capacity) : lineRows(r, rows, capacity);
    if (load<u32>(r, JS_STATUS) != STATUS_DATA) break;
    if (load<u32>(r, JS_AT) >= load<u32>(r, JS_END)) break;
    if (jsonIndex(r, isDocument ? u32.MAX_VALUE : capacity - rows)) continue;
    store<u32>(r, rows == 0 ? STATUS_LIST : STATUS_FULL, JS_STATUS);
    break;
  }
  store<u32>(r, rows, JS_ROWS);
}

// @ts-ignore: decorator
@inline
function clearSpans(r: usize, row: u32): void {
  const stride = load<u32>(r, JS_SPAN_STRIDE);
  let span = load<u32>(r, JS_SPANS) + (row << 3);
  for (let w = load<u32>(r, JS_WANTED); w > 0; w--) {
    store<u64>(span, 0);
    span += stride;
  }
}

/** Writes down a row that lies at start..stop. */
// @ts-ignore: decorator
@inline
function endRow(r: usize, row: u32, start: u32, stop: u32, good: bool): void {
  const span = load<u32>(r, JS_ROW_SPANS) + (row << 3);
  store<u32>(span, start);
  store<u32>(span, stop, 4);
  let isGood = good;
  if (isGood && load<u32>(r, JS_STRICT) != 0) isGood = jsonValid(start, stop) != 0;
  if (isGood) return;
  clearSpans(r, row);
  const count = load<u32>(r, JS_BAD_COUNT);
  store<u32>(load<u32>(r, JS_BAD) + (count << 2), row);
  store<u32>(r, count + 1, JS_BAD_COUNT);
}

/** Rows that are lines. Blank ones are none. */
function lineRows(r: usize, found: u32, capacity: u32): u32 {
  const limit = load<u32>(r, JS_LIMIT);
  const onlyCount = load<u32>(r, JS_SHAPE) == SHAPE_COUNT;
  const list = load<u32>(r, JS_LIST);
  let entry = list + (load<u32>(r, JS_NEXT) << 2);
  let start = load<u32>(r, JS_START);
  let status = STATUS_DATA;
  let rows = found;
  while (true) {
    if (rows >= capacity || start >= limit) {
      status = STATUS_FULL;
      break;
    }
    const first = load<u32>(entry);
    const byte = <u32>load<u8>(first);
    if (byte == 0) break;
    let last = entry;
    if (byte == NEWLINE) {
      if (skipSpace(start, first) != first) {
        if (!onlyCount) {
          clearSpans(r, rows);
          endRow(r, rows, start, trimSpace(start, first), false);
        }
        rows++;
      }
    } else {
      clearSpans(r, rows);
      let good = byte == OPEN_OBJECT && skipSpace(start, first) == first;
      if (good) {
        last = walkObject(r, entry, rows);
        if (last == INCOMPLETE) break;
        good = last != MALFORMED;
        if (good) {
          const close = load<u32>(last);
          last += 4;
          const end = load<u32>(last);
          const ends = <u32>load<u8>(end);
          if (ends == 0) break;
          good = ends == NEWLINE && skipSpace(close + 1, end) == end;
        }
      }
      if (!good) {
        last = lineEnd(entry);
        if (load<u8>(load<u32>(last)) == 0) break;
      }
      endRow(r, rows, start, trimSpace(start, load<u32>(last)), good);
      rows++;
    }
    start = load<u32>(last) + 1;
    entry = last + 4;
  }
  store<u32>(r, (entry - list) >> 2, JS_NEXT);
  store<u32>(r, start, JS_START);
  store<u32>(r, status, JS_STATUS);
  return rows;
}

/** The entry of the next line end, or of the end of the list. */
function lineEnd(entry: u32): u32 {
  let at = entry;
  while (true) {
    const byte = <u32>load<u8>(load<u32>(at));
    if (byte == NEWLINE || byte == 0) return at;
    at += 4;
  }
}

/** Objects of a document: one after the other, or the elements of arrays. What else an array has is a bad row. */
function documentRows(r: usize, found: u32, capacity: u32): u32 {
  const list = load<u32>(r, JS_LIST);
  let entry = list + (load<u32>(r, JS_NEXT) << 2);
  let start = load<u32>(r, JS_START);
  let place = load<u32>(r, JS_PLACE);
  let status = STATUS_DATA;
  let rows = found;
  while (true) {
    if (rows >= capacity) {
      status = STATUS_FULL;
      break;
    }
    const at = load<u32>(entry);
    const byte = <u32>load<u8>(at);
    if (byte == 0) break;
    const isNext = skipSpace(start, at) == at;
    if (byte == OPEN_OBJECT && isNext && place != PLACE_VALUE) {
      clearSpans(r, rows);
      const last = walkObject(r, entry, rows);
      if (last == INCOMPLETE) break;
      if (last == MALFORMED) {
        status = STATUS_BROKEN;
        break;
      }
      start = load<u32>(last) + 1;
      entry = last + 4;
      endRow(r, rows, at, start, true);
      rows++;
      if (place != PLACE_TOP) place = PLACE_VALUE;
      continue;
    }
    if (place == PLACE_TOP) {
      if (byte == OPEN_ARRAY && isNext) {
        place = PLACE_ARRAY;
        start = at + 1;
        entry += 4;
        continue;
      }
      status = STATUS_BROKEN;
      break;
    }
    const isClose = byte == CLOSE_ARRAY;
    if (isNext && ((isClose && place != PLACE_COMMA) || (byte == COMMA && place == PLACE_VALUE))) {
      place = isClose ? PLACE_TOP : PLACE_COMMA;
      start = at + 1;
      entry += 4;
      continue;
    }
    if (place == PLACE_VALUE) {
      status = STATUS_BROKEN;
      break;
    }
    // A value that is no object.
    let stop: u32 = 0;
    if (!isNext) {
      if (isClose || byte == COMMA) stop = trimSpace(start, at);
    } else if (byte == OPEN_ARRAY) {
      const last = skipNested(entry);
      if (last == INCOMPLETE) break;
      if (last != MALFORMED) {
        stop = load<u32>(last) + 1;
        entry = last + 4;
      }
    }
    if (stop == 0) {
      status = STATUS_BROKEN;
      break;
    }
    clearSpans(r, rows);
    endRow(r, rows, skipSpace(start, stop), stop, false);
    rows++;
    start = stop;
    place = PLACE_VALUE;
  }
  store<u32>(r, (entry - list) >> 2, JS_NEXT);
  store<u32>(r, start, JS_START);
  store<u32>(r, place, JS_PLACE);
  store<u32>(r, status, JS_STATUS);
  return rows;
}

/** Fields of the object that opens at an entry. Returns the entry where it closes, MALFORMED or INCOMPLETE. Of fields of one name the last one counts. */
function walkObject(r: usize, opening: u32, row: u32): u32 {
  const spans = load<u32>(r, JS_SPANS) + (row << 3);
  const stride = load<u32>(r, JS_SPAN_STRIDE);
  let slot = load<u32>(r, JS_LAYOUT);
  const lastSlot = slot + LAYOUT_SLOTS * LAYOUT_SLOT_BYTES;
  let entry = opening;
  let key = load<u32>(entry) + 1;
  while (true) {
    // The usual field: the key that was predicted, a value without structure, another field.
    while (slotMatches(slot, key)) {
      const value = key + slotLength(slot);
      const stop = load<u32>(entry, 4);
      if (<u32>load<u8>(stop) != COMMA) break;
      if (value == stop) break;
      const column = slotColumn(slot);
      if (column >= 0) {
        const span = spans + <u32>column * stride;
        const from = load<u8>(value) <= 32 ? skipSpace(value, stop) : value;
        if (from == stop) break;
        store<u32>(span, from);
        store<u32>(span, load<u8>(stop - 1) <= 32 ? trimSpace(from, stop) : stop, 4);
      }
      entry += 4;
      slot = nextSlot(slot, lastSlot);
      key = stop + 1;
      if (load<u8>(key) == 32) key++;
    }
    const stop = load<u32>(entry, 4);
    let byte = <u32>load<u8>(stop);
    if (byte == 0) return INCOMPLETE;
    if (load<u8>(key) <= 32) key = skipSpace(key, stop);
    let value: u32;
    let column: i32;
    if (slotMatches(slot, key)) {
      value = key + slotLength(slot);
      column = slotColumn(slot);
    } else {
      if (key == stop && byte == CLOSE_OBJECT && entry == opening) return entry + 4;
      value = findKey(r, key, stop, slot);
      if (value == 0) return MALFORMED;
      column = load<i32>(r, JS_FOUND);
    }
    slot = nextSlot(slot, lastSlot);
    if (load<u8>(value) <= 32) value = skipSpace(value, stop);
    let end = stop;
    entry += 4;
    if (value == stop) {
      if ((byte | 32) != OPEN_OBJECT) return MALFORMED;
      entry = skipNested(entry);
      if (entry <= INCOMPLETE) return entry;
      end = load<u32>(entry) + 1;
      entry += 4;
      const next = load<u32>(entry);
      byte = <u32>load<u8>(next);
      if (byte == 0) return INCOMPLETE;
      if (next != end) {
        if (skipSpace(end, next) != next) return MALFORMED;
      }
    } else if (load<u8>(end - 1) <= 32) {
      end = trimSpace(value, end);
    }
    if (column >= 0) {
      const span = spans + <u32>column * stride;
      store<u32>(span, value);
      store<u32>(span, end, 4);
    }
    if (byte == COMMA) {
      key = load<u32>(entry) + 1;
      continue;
    }
    return byte == CLOSE_OBJECT ? entry : MALFORMED;
  }
  return MALFORMED;
}

/** The entry where what opens at an entry closes, by brackets alone. */
function skipNested(opening: u32): u32 {
  let entry = opening;
  // One bit a level, the innermost lowest: whether it is an object.
  let kinds: u64 = 0;
  let depth: u32 = 0;
  while (true) {
    const byte = <u32>load<u8>(load<u32>(entry));
    if ((byte | 32) == OPEN_OBJECT) {
      if (depth == DEPTH_MAX - 1) return MALFORMED;
      depth++;
      kinds = (kinds << 1) | <u64>(byte == OPEN_OBJECT);
    } else if ((byte | 32) == CLOSE_OBJECT) {
      if ((kinds & 1) != <u64>(byte == CLOSE_OBJECT)) return MALFORMED;
      kinds >>= 1;
      depth--;
      if (depth == 0) return entry;
    } else if (byte == 0) {
      return INCOMPLETE;
    } else if (byte == NEWLINE) {
      return MALFORMED;
    }
    entry += 4;
  }
}
