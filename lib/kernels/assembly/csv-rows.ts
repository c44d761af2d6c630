// From masks to rows: the addresses of field ends, in order, and where rows begin among them.
//
// `ends`: u32 addresses of the delimiters and newlines that end fields. The word before ends[0] is the address before the first row, so that a field always starts behind
// the end before it. Rows all of whose lines have the same number of fields need no more (a uniform batch: field c of row r ends at ends[r * fields + c]);
// others have a record of three words a row: index of its first end, index behind its last, address of its first byte.

/** Words of a rows record. */
const RW_INDEX: u32 = 0;
const RW_BLOCK: u32 = 4;
const RW_START: u32 = 8; // a row's first byte
const RW_END: u32 = 12; // of the indexed text
const RW_LIMIT: u32 = 16; // rows begin before it
const RW_CAPACITY: u32 = 20;
const RW_ENDS: u32 = 24;
const RW_ENDS_MAX: u32 = 28;
const RW_RECORDS: u32 = 32;
const RW_FIELDS: u32 = 36; // of a row; 0: never uniform
const RW_COMMENT: u32 = 40;
const RW_NEWLINE: u32 = 44;
const RW_ROWS: u32 = 48; // what is found
const RW_NEXT: u32 = 52; // behind the last row
const RW_STATUS: u32 = 56;
const RW_UNIFORM: u32 = 60;

/** Why it stopped: all text seen, capacity or limit reached, no room for more field ends. */
const STATUS_DATA: u32 = 0;
const STATUS_FULL: u32 = 1;
const STATUS_FIELDS: u32 = 2;

/** Of a row record. */
export const ROW_FIRST: u32 = 0;
export const ROW_LAST: u32 = 4;
export const ROW_START: u32 = 8;
export const ROW_RECORD_BYTES: u32 = 12;

const RETURN: u32 = 13;

// @ts-ignore: decorator
@inline
function lowestFour(out: u32, at: u32, mask: u64): u64 {
  let m = mask;
  store<u32>(out, at + <u32>ctz(m));
  m &= m - 1;
  store<u32>(out, at + <u32>ctz(m), 4);
  m &= m - 1;
  store<u32>(out, at + <u32>ctz(m), 8);
  m &= m - 1;
  store<u32>(out, at + <u32>ctz(m), 12);
  return m & (m - 1);
}

/** Writes the addresses of a block's bits, in fours: what is written beyond the last is overwritten next. Returns how many there are. */
// @ts-ignore: decorator
@inline
export function addresses(out: u32, at: u32, mask: u64): u32 {
  const n = <u32>popcnt(mask);
  let m = lowestFour(out, at, mask);
  if (n > 4) {
    m = lowestFour(out + 16, at, m);
    m = lowestFour(out + 32, at, m);
    if (n > 12) {
      let to = out + 48;
      for (let wrote: u32 = 12; wrote < n; wrote += 4) {
        m = lowestFour(to, at, m);
        to += 16;
      }
    }
  }
  return n;
}

export function csvRows(record: usize): void {
  const start = load<u32>(record, RW_START);
  const end = load<u32>(record, RW_END);
  const limit = load<u32>(record, RW_LIMIT);
  const capacity = load<u32>(record, RW_CAPACITY);
  const ends = load<u32>(record, RW_ENDS);
  const endsMax = load<u32>(record, RW_ENDS_MAX);
  let at = start & ~63;
  let entry = load<u32>(record, RW_INDEX) + (((at - load<u32>(record, RW_BLOCK)) >> 6) << 4);
  let valid = ~(<u64>0) << <u64>(start & 63);
  let lines: u32 = 0;
  let out = ends;
  let status = STATUS_DATA;
  const outMax = ends + (endsMax << 2) - 272;
  store<u32>(ends - 4, start - 1);
  while (at < end) {
    if (out > outMax) {
      status = STATUS_FIELDS;
      break;
    }
    let fieldEnds = load<u64>(entry) & valid;
    let lineEnds = load<u64>(entry, 8) & valid;
    valid = ~(<u64>0);
    const found = <u32>popcnt(lineEnds);
    if (lines + found >= capacity || at + 64 >= limit) {
      // The last line may end in here.
      while (lineEnds != 0) {
        const bit = <u64>ctz(lineEnds);
        lineEnds &= lineEnds - 1;
        lines++;
        if (lines >= capacity || at + <u32>bit + 1 >= limit) {
          fieldEnds &= ~(<u64>0) >> (63 - bit);
          status = STATUS_FULL;
          break;
        }
      }
      out += addresses(out, at, fieldEnds) << 2;
      if (status == STATUS_FULL) break;
    } else {
      lines += found;
      out += addresses(out, at, fieldEnds) << 2;
    }
    at += 64;
    entry += 16;
  }
  store<u32>(record, status, RW_STATUS);
  const fields = load<u32>(record, RW_FIELDS);
  if (lines > 0 && fields != 0) {
    if (isUniform(ends, (out - ends) >> 2, lines, fields, load<u32>(record, RW_NEWLINE))) {
      store<u32>(record, lines, RW_ROWS);
      store<u32>(record, load<u32>(ends + ((lines * fields - 1) << 2)) + 1, RW_NEXT);
      store<u32>(record, 1, RW_UNIFORM);
      return;
    }
  }
  records(record, (out - ends) >> 2);
}

/** Whether every `fields`-th end is a line's, and no line is blank: since there are just as many lines, no other end is one then. */
function isUniform(ends: u32, count: u32, lines: u32, fields: u32, newline: u32): bool {
  if (<u64>lines * <u64>fields > <u64>count) return false;
  const stride = fields << 2;
  let at = ends + stride - 4;
  if (fields == 1) {
    // Every end is looked at as a line's here.
    if (count != lines) return false;
    for (let r: u32 = 0; r < lines; r++) {
      const last = load<u32>(at);
      const length = last - load<u32>(at - 4) - 1;
      if (length == 0) return false;
      if (length == 1) {
        if (load<u8>(last - 1) == RETURN) return false;
      }
      at += 4;
    }
    return true;
  }
  let same: u32 = 1;
  for (let r: u32 = 0; r < lines; r++) {
    same &= <u32>(<u32>load<u8>(load<u32>(at)) == newline);
    at += stride;
  }
  return same != 0;
}

/** Rows as records; blank lines and comments are left out. */
function records(record: usize, count: u32): void {
  const ends = load<u32>(record, RW_ENDS);
  const comment = load<u32>(record, RW_COMMENT);
  const newline = load<u32>(record, RW_NEWLINE);
  let row = load<u32>(record, RW_RECORDS);
  let rowStart = load<u32>(record, RW_START);
  let rows: u32 = 0;
  let first: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const at = load<u32>(ends + (i << 2));
    if (<u32>load<u8>(at) != newline) continue;
    const length = at - rowStart;
    const byte = <u32>load<u8>(rowStart);
    if (length != 0 && !(length == 1 && byte == RETURN) && !(comment != 0 && byte == comment)) {
      store<u32>(row, first, ROW_FIRST);
      store<u32>(row, i + 1, ROW_LAST);
      store<u32>(row, rowStart, ROW_START);
      row += ROW_RECORD_BYTES;
      rows++;
    }
    first = i + 1;
    rowStart = at + 1;
  }
  store<u32>(record, rows, RW_ROWS);
  store<u32>(record, rowStart, RW_NEXT);
  store<u32>(record, 0, RW_UNIFORM);
}

/** Records for a uniform batch, for who wants to take rows out of it or tell where they are. */
export function csvRecords(out: u32, ends: u32, rows: u32, fields: u32): void {
  let row = out;
  for (let r: u32 = 0; r < rows; r++) {
    const first = r * fields;
    store<u32>(row, first, ROW_FIRST);
    store<u32>(row, first + fields, ROW_LAST);
    store<u32>(row, load<u32>(ends + (first << 2) - 4) + 1, ROW_START);
    row += ROW_RECORD_BYTES;
  }
}

/** Rows of a batch whose number of fields is not `expected`; their positions go to `out`. */
export function csvRagged(rows: u32, n: u32, expected: u32, out: u32): u32 {
  let count: u32 = 0;
  for (let r: u32 = 0; r < n; r++) {
    const row = rows + r * ROW_RECORD_BYTES;
    if (load<u32>(row, ROW_LAST) - load<u32>(row, ROW_FIRST) == expected) continue;
    store<u32>(out + (count << 2), r);
    count++;
  }
  return count;
}
