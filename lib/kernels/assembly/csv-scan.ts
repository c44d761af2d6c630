// Finding rows and fields of CSV text: 64 bytes at a time, quotes by prefix xor.
//
// What a scan leaves (all u32): `ends`: the addresses of the delimiters and newlines that end fields, in order; a row record of three words a row:
// index into `ends` of its first field, index behind its last field, address of its first byte.
// Field c of a row ends at ends[first + c] and starts behind the end before it, or at the row's first byte.

/** Words of the scan record: what the host gives, and from CSV_ROWS on what the scan returns. */
const CSV_START: u32 = 0;
const CSV_END: u32 = 4;
const CSV_LIMIT: u32 = 8;
const CSV_CAPACITY: u32 = 12;
const CSV_ENDS: u32 = 16;
const CSV_ENDS_MAX: u32 = 20;
const CSV_ROW_RECORDS: u32 = 24;
const CSV_DELIMITER: u32 = 32;
const CSV_QUOTE: u32 = 36;
const CSV_ESCAPE: u32 = 40;
const CSV_COMMENT: u32 = 44;
const CSV_ROWS: u32 = 48;
const CSV_NEXT: u32 = 52;
const CSV_STATUS: u32 = 56;

/** Why a scan stopped: all data seen, capacity reached, limit reached, quotes that need the exact automaton, or a row with more fields than there is room for. */
const STATUS_DATA: u32 = 0;
const STATUS_CAPACITY: u32 = 1;
const STATUS_LIMIT: u32 = 2;
const STATUS_EXACT: u32 = 3;
const STATUS_FIELDS: u32 = 4;

/** Of a row record. */
export const ROW_FIRST: u32 = 0;
export const ROW_LAST: u32 = 4;
export const ROW_START: u32 = 8;
export const ROW_RECORD_BYTES: u32 = 12;

const NEWLINE: u32 = 10;
const RETURN: u32 = 13;

// @ts-ignore: decorator
@inline
function bits(a: v128, b: v128, c: v128, d: v128, byte: v128): u64 {
  const low = <u64>(<u32>i8x16.bitmask(i8x16.eq(a, byte))) | (<u64>(<u32>i8x16.bitmask(i8x16.eq(b, byte))) << 16);
  const high = <u64>(<u32>i8x16.bitmask(i8x16.eq(c, byte))) | (<u64>(<u32>i8x16.bitmask(i8x16.eq(d, byte))) << 16);
  return low | (high << 32);
}

// @ts-ignore: decorator
@inline
function prefixXor(mask: u64): u64 {
  let m = mask;
  m ^= m << 1;
  m ^= m << 2;
  m ^= m << 4;
  m ^= m << 8;
  m ^= m << 16;
  m ^= m << 32;
  return m;
}

/**
 * Rows from CSV_START on that end before CSV_END, begin before CSV_LIMIT, and are at most CSV_CAPACITY. Reads up to 63 bytes past CSV_END.
 * Blank lines are passed over.
 */
export function csvScan(record: usize): void {
  const end = load<u32>(record, CSV_END);
  const limit = load<u32>(record, CSV_LIMIT);
  const capacity = load<u32>(record, CSV_CAPACITY);
  const ends = load<u32>(record, CSV_ENDS);
  const endsMax = load<u32>(record, CSV_ENDS_MAX);
  const records = load<u32>(record, CSV_ROW_RECORDS);
  const quoteByte = load<u32>(record, CSV_QUOTE);
  const delimiter = i8x16.splat(<i8>load<u32>(record, CSV_DELIMITER));
  const quote = i8x16.splat(<i8>quoteByte);
  const newline = i8x16.splat(10);
  const hasQuote = quoteByte != 0;
  let at = load<u32>(record, CSV_START);
  let rowStart = at;
  let rows: u32 = 0;
  let row = records;
  let count: u32 = 0;
  let inside: u64 = 0;
  let previousQuote: u64 = 0;
  let previousEdge: u64 = 1;
  let status = STATUS_DATA;
  store<u32>(records, 0, ROW_FIRST);
  store<u32>(records, at, ROW_START);
  while (at < end) {
    if (count + 64 > endsMax) {
      status = STATUS_FIELDS;
      break;
    }
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const newlines = bits(a, b, c, d, newline);
    let fieldEnds = bits(a, b, c, d, delimiter) | newlines;
    const left = end - at;
    const valid: u64 = left >= 64 ? ~(<u64>0) : ((<u64>1) << left) - 1;
    if (hasQuote) {
      const quotes = bits(a, b, c, d, quote) & valid;
      if ((quotes | inside | previousQuote) != 0) {
        // Parity is only right where every quote stands beside a delimiter, a line end or another quote.
        const edges = fieldEnds | bits(a, b, c, d, i8x16.splat(13));
        const quoted = prefixXor(quotes) ^ inside;
        const before = (edges << 1) | previousEdge | (quotes << 1) | previousQuote;
        const nextByte = left > 64 ? <u32>load<u8>(at, 64) : NEWLINE;
        let after = (edges >> 1) | (quotes >> 1);
        if (nextByte == NEWLINE || nextByte == RETURN || nextByte == quoteByte || nextByte == load<u32>(record, CSV_DELIMITER)) after |= (<u64>1) << 63;
        if (left < 64) after |= (<u64>1) << (left - 1);
        // An opening quote stands behind one, a closing quote before one.
        if (((quotes & quoted & ~before) | (quotes & ~quoted & ~after)) != 0) {
          status = STATUS_EXACT;
          break;
        }
        inside = <u64>(<i64>quoted >> 63);
        previousQuote = quotes >> 63;
        previousEdge = edges >> 63;
        fieldEnds &= ~quoted;
      } else {
        previousEdge = (fieldEnds >> 63) | <u64>(load<u8>(at, 63) == 13);
      }
    }
    fieldEnds &= valid;
    let lineEnds = fieldEnds & newlines;
    // Field ends, four at a time: what is written beyond the last one is overwritten next.
    let m = fieldEnds;
    let out = ends + (count << 2);
    const found = <u32>popcnt(fieldEnds);
    let wrote: u32 = 0;
    while (wrote < found) {
      store<u32>(out, at + <u32>ctz(m));
      m &= m - 1;
      store<u32>(out, at + <u32>ctz(m), 4);
      m &= m - 1;
      store<u32>(out, at + <u32>ctz(m), 8);
      m &= m - 1;
      store<u32>(out, at + <u32>ctz(m), 12);
      m &= m - 1;
      out += 16;
      wrote += 4;
    }
    while (lineEnds != 0) {
      const bit = <u32>ctz(lineEnds);
      lineEnds &= lineEnds - 1;
      const fields = count + <u32>popcnt(fieldEnds & (((<u64>1) << bit) - 1)) + 1;
      const lineEnd = at + bit;
      const length = lineEnd - rowStart;
      const blank = length == 0 || (length == 1 && load<u8>(rowStart) == 13);
      if (!blank) {
        store<u32>(row, fields, ROW_LAST);
        row += ROW_RECORD_BYTES;
        rows += 1;
      }
      store<u32>(row, fields, ROW_FIRST);
      rowStart = lineEnd + 1;
      store<u32>(row, rowStart, ROW_START);
      if (rows >= capacity) {
        status = STATUS_CAPACITY;
        break;
      }
      if (rowStart >= limit) {
        status = STATUS_LIMIT;
        break;
      }
    }
    if (status != STATUS_DATA) break;
    count += found;
    at += 64;
  }
  store<u32>(record, rows, CSV_ROWS);
  store<u32>(record, rowStart, CSV_NEXT);
  store<u32>(record, status, CSV_STATUS);
}

/**
 * The same by the exact automaton, byte by byte: for escapes other than doubled quotes, comment lines, and quotes inside unquoted fields
 * (which are plain text there). A quote opens only at a field's start.
 */
export function csvScanExact(record: usize): void {
  const end = load<u32>(record, CSV_END);
  const limit = load<u32>(record, CSV_LIMIT);
  const capacity = load<u32>(record, CSV_CAPACITY);
  const ends = load<u32>(record, CSV_ENDS);
  const endsMax = load<u32>(record, CSV_ENDS_MAX);
  const records = load<u32>(record, CSV_ROW_RECORDS);
  const quote = load<u32>(record, CSV_QUOTE);
  const escape = load<u32>(record, CSV_ESCAPE);
  const comment = load<u32>(record, CSV_COMMENT);
  const delimiter = load<u32>(record, CSV_DELIMITER);
  let at = load<u32>(record, CSV_START);
  let rowStart = at;
  let rows: u32 = 0;
  let row = records;
  let count: u32 = 0;
  let status = STATUS_DATA;
  let state: u32 = FIELD;
  store<u32>(records, 0, ROW_FIRST);
  store<u32>(records, at, ROW_START);
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (at == rowStart && comment != 0 && byte == comment) {
      // A comment line: nothing in it counts.
      let line = at;
      while (line < end && <u32>load<u8>(line) != NEWLINE) line++;
      if (line >= end) break;
      at = line + 1;
      rowStart = at;
      store<u32>(row, count, ROW_FIRST);
      store<u32>(row, at, ROW_START);
      if (rowStart >= limit) {
        status = STATUS_LIMIT;
        break;
      }
      continue;
    }
    const before = state;
    state = step(before, byte, quote, escape, delimiter);
    if (before == INSIDE || before == ESCAPED || state != FIELD) {
      at++;
      continue;
    }
    if (count >= endsMax) {
      status = STATUS_FIELDS;
      break;
    }
    store<u32>(ends + (count << 2), at);
    count++;
    at++;
    if (byte != NEWLINE) continue;
    const length = at - 1 - rowStart;
    const blank = length == 0 || (length == 1 && load<u8>(rowStart) == 13);
    if (!blank) {
      store<u32>(row, count, ROW_LAST);
      row += ROW_RECORD_BYTES;
      rows++;
    }
    store<u32>(row, count, ROW_FIRST);
    store<u32>(row, at, ROW_START);
    rowStart = at;
    if (rows >= capacity) {
      status = STATUS_CAPACITY;
      break;
    }
    if (rowStart >= limit) {
      status = STATUS_LIMIT;
      break;
    }
  }
  store<u32>(record, rows, CSV_ROWS);
  store<u32>(record, rowStart, CSV_NEXT);
  store<u32>(record, status, CSV_STATUS);
}

// States of the automaton: at a field's start, in an unquoted field, inside quotes, behind a quote inside quotes, behind an escape inside quotes.
const FIELD: u32 = 0;
const PLAIN: u32 = 1;
const INSIDE: u32 = 2;
const CLOSING: u32 = 3;
const ESCAPED: u32 = 4;

// @ts-ignore: decorator
@inline
function step(state: u32, byte: u32, quote: u32, escape: u32, delimiter: u32): u32 {
  if (state == INSIDE) {
    if (byte == escape) {
      if (escape != quote) return ESCAPED;
    }
    if (byte == quote) return CLOSING;
    return INSIDE;
  }
  if (state == ESCAPED) return INSIDE;
  if (byte == delimiter) return FIELD;
  if (byte == NEWLINE) return FIELD;
  if (quote != 0) {
    if (byte == quote) {
      if (state == FIELD) return INSIDE;
      if (state == CLOSING) return escape == quote ? INSIDE : PLAIN;
    }
  }
  if (state == CLOSING) {
    if (byte == RETURN) return CLOSING;
  }
  return PLAIN;
}

/** Whether a piece has neither quotes nor escapes: then it leaves the automaton outside or inside quotes as it was. */
export function csvIsPlain(start: u32, end: u32, quote: u32, escape: u32): u32 {
  if (quote == 0) return 1;
  if (containsByte(start, end, quote)) return 0;
  if (escape == quote) return 1;
  return containsByte(start, end, escape) ? 0 : 1;
}

/**
 * The state behind a piece that the automaton enters outside quotes, whichever of the states outside it is; 255 where that cannot be told from the parity of quotes.
 * What every executor publishes of its own range, so that nobody else need read it.
 */
export function csvOutsideEnd(start: u32, end: u32, delimiter: u32, quote: u32, escape: u32): u32 {
  if (escape != quote) return UNKNOWN;
  if (end > start) {
    if (<u32>load<u8>(start) == quote) return UNKNOWN;
  }
  return parityState(start, end, PLAIN, delimiter, quote);
}

/** The automaton's state behind a piece that it enters in `state`. */
export function csvEndState(start: u32, end: u32, state: u32, delimiter: u32, quote: u32, escape: u32): u32 {
  if (escape == quote) {
    const parity = parityState(start, end, state, delimiter, quote);
    if (parity != UNKNOWN) return parity;
  }
  return run(state, start, end, quote, escape, delimiter);
}

const UNKNOWN: u32 = 255;

/** By the parity of quotes, where each stands as it should; UNKNOWN elsewhere. */
function parityState(start: u32, end: u32, state: u32, delimiter: u32, quoteByte: u32): u32 {
  if (state == ESCAPED) return UNKNOWN;
  const commas = i8x16.splat(<i8>delimiter);
  const quote = i8x16.splat(<i8>quoteByte);
  const newline = i8x16.splat(10);
  const ret = i8x16.splat(13);
  let inside: u64 = state == INSIDE ? ~(<u64>0) : 0;
  let previousQuote: u64 = state == CLOSING ? 1 : 0;
  let previousEdge: u64 = state == FIELD ? 1 : 0;
  let at = start;
  while (at + 128 <= end) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const quotes = bits(a, b, c, d, quote);
    const edges = bits(a, b, c, d, commas) | bits(a, b, c, d, newline) | bits(a, b, c, d, ret);
    const quoted = prefixXor(quotes) ^ inside;
    const next = <u32>load<u8>(at, 64);
    let after = (edges >> 1) | (quotes >> 1);
    if (next == NEWLINE || next == RETURN || next == quoteByte || next == delimiter) after |= (<u64>1) << 63;
    const before = (edges << 1) | previousEdge | (quotes << 1) | previousQuote;
    if (((quotes & quoted & ~before) | (quotes & ~quoted & ~after)) != 0) return UNKNOWN;
    inside = <u64>(<i64>quoted >> 63);
    previousQuote = quotes >> 63;
    previousEdge = edges >> 63;
    at += 64;
  }
  let reached = inside != 0 ? INSIDE : FIELD;
  if (at > start) {
    if (inside == 0) {
      const last = <u32>load<u8>(at - 1);
      reached = last == quoteByte ? CLOSING : last == delimiter || last == NEWLINE ? FIELD : PLAIN;
    }
  } else {
    reached = state;
  }
  return run(reached, at, end, quoteByte, quoteByte, delimiter);
}

function run(from: u32, start: u32, end: u32, quote: u32, escape: u32, delimiter: u32): u32 {
  let state = from;
  for (let at = start; at < end; at++) state = step(state, <u32>load<u8>(at), quote, escape, delimiter);
  return state;
}

function containsByte(start: u32, end: u32, byte: u32): bool {
  const wanted = i8x16.splat(<i8>byte);
  let at = start;
  while (at + 64 <= end) {
    const any = v128.or(
      v128.or(i8x16.eq(v128.load(at), wanted), i8x16.eq(v128.load(at, 16), wanted)),
      v128.or(i8x16.eq(v128.load(at, 32), wanted), i8x16.eq(v128.load(at, 48), wanted)),
    );
    if (v128.any_true(any)) return true;
    at += 64;
  }
  while (at < end) {
    if (<u32>load<u8>(at) == byte) return true;
    at++;
  }
  return false;
}

/** Address behind the line end that ends the row in which `start` lies, given the automaton's state there; 0 if there is none before `end`. */
export function csvRowEnd(start: u32, end: u32, state: u32, delimiter: u32, quote: u32, escape: u32): u32 {
  let current = state;
  for (let at = start; at < end; at++) {
    const byte = <u32>load<u8>(at);
    const before = current;
    current = step(before, byte, quote, escape, delimiter);
    if (byte != NEWLINE) continue;
    if (before == INSIDE) continue;
    if (before == ESCAPED) continue;
    return at + 1;
  }
  return 0;
}

/**
 * Row ends of a piece whose quotes stand as they should and that begins outside quotes with a row's first byte: for counting rows. Blank lines are left out.
 */
export function csvCountRows(start: u32, end: u32, quoteByte: u32): u32 {
  const quote = i8x16.splat(<i8>quoteByte);
  const newline = i8x16.splat(10);
  const ret = i8x16.splat(13);
  let count: u32 = 0;
  let inside: u64 = 0;
  let previous: u64 = 1;
  let beforeReturn: u64 = 0;
  let at = start;
  while (at < end) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const left = end - at;
    const valid: u64 = left >= 64 ? ~(<u64>0) : ((<u64>1) << left) - 1;
    const quoted = prefixXor(bits(a, b, c, d, quote) & valid) ^ inside;
    inside = <u64>(<i64>quoted >> 63);
    const lines = bits(a, b, c, d, newline) & valid & ~quoted;
    const behind = (lines << 1) | previous;
    count += <u32>popcnt(lines);
    const blanks = lines & behind;
    if ((blanks | beforeReturn) != 0) count -= <u32>popcnt(blanks | (lines & beforeReturn));
    const returns = bits(a, b, c, d, ret) & behind;
    if (returns != 0) count -= <u32>popcnt(lines & (returns << 1));
    beforeReturn = returns >> 63;
    previous = lines >> 63;
    at += 64;
  }
  return count;
}
