// What the parsers of all types share: the column record, finding a field, and the slow way for one field that is not what its type expects
// at first sight (quotes, spaces to trim, the null text, signs).

import { ROW_FIRST, ROW_LAST, ROW_RECORD_BYTES, ROW_START } from './csv-rows';

/** Words of a column record, which the host fills. */
export const COL_ROWS: u32 = 0; // row records
export const COL_ENDS: u32 = 4;
export const COL_FIELD: u32 = 8; // which field of the row
export const COL_SEL: u32 = 12;
export const COL_N: u32 = 16;
export const COL_VALUES: u32 = 20;
export const COL_NULLS: u32 = 24;
export const COL_QUOTE: u32 = 28;
export const COL_ESCAPE: u32 = 32;
export const COL_NULL_TEXT: u32 = 36; // address, then length
export const COL_NULL_LENGTH: u32 = 40;
export const COL_TRIM: u32 = 44; // bit 0 leading, bit 1 trailing
export const COL_BAD: u32 = 48; // u32 list of positions whose text the kernel leaves to the host
export const COL_BAD_COUNT: u32 = 52;
export const COL_NULL_COUNT: u32 = 56;
export const COL_LENGTH: u32 = 60; // of the text csvFieldAt found
export const COL_HEAP: u32 = 64;
export const COL_STRIDE: u32 = 68; // fields of every row of a uniform batch; 0: row records tell
export const COL_POWERS: u32 = 72; // 23 f64: 10^0 .. 10^22, then 19 i64: 10^0 .. 10^18
export const COL_SLOW: u32 = 76; // 1: every text takes the slow way (a null text that looks like a value)
export const COL_RETURN: u32 = 80; // 13 where a row's last field may end with a carriage return, else 0
export const COL_DECIMAL: u32 = 84; // precision | scale << 8
export const COL_START: u32 = 88; // of a field found for the slow way, and its length, and whether it was quoted
export const COL_SIZE: u32 = 92;
export const COL_QUOTED: u32 = 96;
export const COL_TENS: u32 = 100; // powers of ten for doubles (decimal-double.ts); 0: there are none

// @ts-ignore: decorator
@inline
export function positionOf(sel: u32, k: u32): u32 {
  return sel == 0 ? k : load<u32>(sel + (k << 2));
}

/** Address of the end before a field in `ends`: the field lies between this end and the next. 0: the row has no such field. */
// @ts-ignore: decorator
@inline
export function fieldEntry(position: u32, field: u32, ends: u32, stride: u32, rows: u32): u32 {
  if (stride != 0) return ends + ((position * stride + field) << 2) - 4;
  const row = rows + position * ROW_RECORD_BYTES;
  const at = load<u32>(row, ROW_FIRST) + field;
  return at >= load<u32>(row, ROW_LAST) ? 0 : ends + (at << 2) - 4;
}

/** The first byte of a field: behind the end before it, but rows that were left out (blank lines, comments) end there too. */
// @ts-ignore: decorator
@inline
export function startOf(entry: u32, position: u32, field: u32, stride: u32, rows: u32): u32 {
  if (stride == 0) {
    if (field == 0) return load<u32>(rows + position * ROW_RECORD_BYTES, ROW_START);
  }
  return load<u32>(entry) + 1;
}

/** The end of a field's text: a carriage return before the line end is not part of it. */
// @ts-ignore: decorator
@inline
export function stopOf(entry: u32, start: u32, position: u32, field: u32, stride: u32, rows: u32, ret: u32): u32 {
  const stop = load<u32>(entry, 4);
  if (ret == 0) return stop;
  if (stride != 0) {
    if (field + 1 != stride) return stop;
  } else {
    const row = rows + position * ROW_RECORD_BYTES;
    if (load<u32>(row, ROW_FIRST) + field + 1 != load<u32>(row, ROW_LAST)) return stop;
  }
  return stop > start && <u32>load<u8>(stop - 1) == ret ? stop - 1 : stop;
}

// @ts-ignore: decorator
@inline
export function beginColumn(c: usize): void {
  store<u32>(c, 0, COL_BAD_COUNT);
  store<u32>(c, 0, COL_NULL_COUNT);
}

/** All rows of a uniform batch are wanted, and the field's text is all there is between its ends. */
// @ts-ignore: decorator
@inline
export function isPlain(c: usize): bool {
  const stride = load<u32>(c, COL_STRIDE);
  const mayReturn = load<u32>(c, COL_RETURN) != 0 && load<u32>(c, COL_FIELD) + 1 == stride;
  return stride != 0 && load<u32>(c, COL_SEL) == 0 && load<u32>(c, COL_SLOW) == 0 && !mayReturn;
}

export function markBad(c: usize, position: u32): void {
  const count = load<u32>(c, COL_BAD_COUNT);
  store<u32>(load<u32>(c, COL_BAD) + (count << 2), position);
  store<u32>(c, count + 1, COL_BAD_COUNT);
}

/** A field's text without quotes around it and spaces to trim, to COL_START, COL_SIZE, COL_QUOTED. Returns whether it is empty or the null text. */
export function bareField(c: usize, from: u32, to: u32): bool {
  let start = from;
  let stop = to;
  const trim = load<u32>(c, COL_TRIM);
  let quoted = isQuoted(c, start, stop);
  if (!quoted && trim != 0) {
    if ((trim & 1) != 0) {
      while (start < stop && load<u8>(start) <= 32) start++;
    }
    if ((trim & 2) != 0) {
      while (stop > start && load<u8>(stop - 1) <= 32) stop--;
    }
    quoted = isQuoted(c, start, stop);
  }
  if (quoted) {
    start++;
    stop--;
  }
  const length = stop - start;
  store<u32>(c, start, COL_START);
  store<u32>(c, length, COL_SIZE);
  store<u32>(c, quoted ? 1 : 0, COL_QUOTED);
  if (length == 0) return true;
  const nullLength = load<u32>(c, COL_NULL_LENGTH);
  if (nullLength == 0 || length != nullLength) return false;
  const text = load<u32>(c, COL_NULL_TEXT);
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(start + i) != load<u8>(text + i)) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function isQuoted(c: usize, start: u32, stop: u32): bool {
  const quote = load<u32>(c, COL_QUOTE);
  return quote != 0 && stop - start >= 2 && <u32>load<u8>(start) == quote && <u32>load<u8>(stop - 1) == quote;
}

/** Address of a field's text for messages and slow parses; its length is at COL_LENGTH afterwards. 0: the row has no such field. */
export function csvFieldAt(c: usize, position: u32): u32 {
  const field = load<u32>(c, COL_FIELD);
  const stride = load<u32>(c, COL_STRIDE);
  const rows = load<u32>(c, COL_ROWS);
  const entry = fieldEntry(position, field, load<u32>(c, COL_ENDS), stride, rows);
  if (entry == 0) return 0;
  const start = startOf(entry, position, field, stride, rows);
  bareField(c, start, stopOf(entry, start, position, field, stride, rows, load<u32>(c, COL_RETURN)));
  store<u32>(c, load<u32>(c, COL_SIZE), COL_LENGTH);
  return load<u32>(c, COL_START);
}
