// The scan record of JSON text, which the host makes, and the little that all who read JSON agree on.

/** Words of a scan record: addresses, unless it says otherwise. */
export const JS_AT: u32 = 0; // what is to be indexed next
export const JS_END: u32 = 4; // of the text
export const JS_LIST: u32 = 8; // u32 addresses of structural bytes, in order; behind the last one that of JS_ZERO
export const JS_LIST_MAX: u32 = 12; // entries it has room for
export const JS_COUNT: u32 = 16; // entries it has
export const JS_NEXT: u32 = 20; // the first entry that no row has taken
export const JS_INSIDE: u32 = 24; // 1: JS_AT lies within a string
export const JS_ESCAPED: u32 = 28; // 1: the byte at JS_AT is escaped
export const JS_SHAPE: u32 = 32; // what a row is: SHAPE_*
export const JS_STRICT: u32 = 36; // 1: rows that are not JSON to the last byte are bad; 0: what nobody wants is only skipped
export const JS_LIMIT: u32 = 40; // rows begin before it
export const JS_CAPACITY: u32 = 44;
export const JS_START: u32 = 48; // where the next row is looked for
export const JS_SPANS: u32 = 52; // of wanted fields: u32 first byte, u32 behind the last; zeros where a row has none
export const JS_SPAN_STRIDE: u32 = 56; // bytes between the spans of one column and those of the next
export const JS_WANTED: u32 = 60; // columns
export const JS_NAMES: u32 = 64; // hash table of their names: u32 hash, u32 address (0: free), u32 length, u32 column
export const JS_NAMES_MASK: u32 = 68;
export const JS_LAYOUT: u32 = 72; // LAYOUT_SLOTS + 1 slots
export const JS_ROWS: u32 = 76; // found
export const JS_ROW_SPANS: u32 = 80; // u32 first byte, u32 behind the last byte of each row
export const JS_BAD: u32 = 84; // u32 positions of malformed rows
export const JS_BAD_COUNT: u32 = 88;
export const JS_STATUS: u32 = 92; // why it stopped: STATUS_*
export const JS_PLACE: u32 = 96; // in a document: PLACE_*
export const JS_HEAP: u32 = 100;
export const JS_FOUND: u32 = 104; // column of the key that was looked up, or −1
export const JS_ZERO: u32 = 108; // a zero word

/** Each line an object; each line anything, only counted; objects one after the other or in arrays, over any lines. */
export const SHAPE_LINES: u32 = 0;
export const SHAPE_COUNT: u32 = 1;
export const SHAPE_DOCUMENT: u32 = 2;

/** All text seen; capacity or limit reached; no room in the list for one row; a document that is none from JS_START on. */
export const STATUS_DATA: u32 = 0;
export const STATUS_FULL: u32 = 1;
export const STATUS_LIST: u32 = 2;
export const STATUS_BROKEN: u32 = 3;

/** Deepest nesting. */
export const DEPTH_MAX: u32 = 64;

export const QUOTE: u32 = 34;
export const BACKSLASH: u32 = 92;
export const COMMA: u32 = 44;
export const COLON: u32 = 58;
export const NEWLINE: u32 = 10;
export const OPEN_OBJECT: u32 = 123;
export const CLOSE_OBJECT: u32 = 125;
export const OPEN_ARRAY: u32 = 91;
export const CLOSE_ARRAY: u32 = 93;

// @ts-ignore: decorator
@inline
export function isSpace(byte: u32): bool {
  if (byte > 32) return false;
  return ((<u64>1 << byte) & 0x100002600) != 0;
}

/** The first byte from `at` on that is no white space, or `stop`. */
// @ts-ignore: decorator
@inline
export function skipSpace(at: u32, stop: u32): u32 {
  let next = at;
  while (next < stop) {
    if (!isSpace(<u32>load<u8>(next))) break;
    next++;
  }
  return next;
}

/** Behind the last byte of from..stop that is no white space. */
// @ts-ignore: decorator
@inline
export function trimSpace(from: u32, stop: u32): u32 {
  let end = stop;
  while (end > from) {
    if (!isSpace(<u32>load<u8>(end - 1))) break;
    end--;
  }
  return end;
}

/** The literal null at start..stop. */
// @ts-ignore: decorator
@inline
export function isNullText(start: u32, stop: u32): bool {
  return stop - start == 4 && load<u32>(start) == 0x6c6c756e;
}
