// The structure of CSV text as bit masks: of every 64 bytes, which end a field and which end a line. One pass over a range says both that and
// the automaton's state behind it, which later ranges need to know.
//
// The index has one entry of 16 bytes for each 64 bytes of text at addresses that are multiples of 64: u64 field ends (line ends among them),
// u64 line ends; bit i is the byte at i. What lies within quotes has no bits.

/** Words of an index record. */
const IX_START: u32 = 0;
const IX_END: u32 = 4;
const IX_INDEX: u32 = 8; // entry of the block at IX_BLOCK
const IX_BLOCK: u32 = 12;
const IX_DELIMITER: u32 = 16;
const IX_QUOTE: u32 = 20; // 0: none
const IX_ESCAPE: u32 = 24;
const IX_COMMENT: u32 = 28;
const IX_NEWLINE: u32 = 32;
const IX_STATE: u32 = 36; // before the first byte; afterwards behind the last
const IX_LINES: u32 = 40; // line ends found
const IX_BLANKS: u32 = 44; // lines without a byte among them
const IX_RETURNS: u32 = 48; // any carriage return?
const IX_QUOTES: u32 = 52; // any quote?

// States of the automaton: behind a delimiter, in an unquoted field, inside quotes, behind a quote inside quotes, behind an escape inside quotes,
// in a comment line, at a line's start.
const FIELD: u32 = 0;
const PLAIN: u32 = 1;
const INSIDE: u32 = 2;
const CLOSING: u32 = 3;
const ESCAPED: u32 = 4;
const COMMENT: u32 = 5;
const ROW: u32 = 6;
const STATES: u32 = 7;

const RETURN: u32 = 13;

// @ts-ignore: decorator
@inline
export function bits(a: v128, b: v128, c: v128, d: v128, byte: v128): u64 {
  const low = <u64>(<u32>i8x16.bitmask(i8x16.eq(a, byte))) | (<u64>(<u32>i8x16.bitmask(i8x16.eq(b, byte))) << 16);
  const high = <u64>(<u32>i8x16.bitmask(i8x16.eq(c, byte))) | (<u64>(<u32>i8x16.bitmask(i8x16.eq(d, byte))) << 16);
  return low | (high << 32);
}

/** Bit i of the result: the parity of bits 0..i. */
// @ts-ignore: decorator
@inline
export function prefixXor(mask: u64): u64 {
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
 * Indexes IX_START..IX_END by the parity of quotes. Right where every opening quote stands behind a delimiter, a line end or another quote, and every closing one before one (or
 * a carriage return); returns 0 where some quote does not (nothing that was written holds then). For a quote that escapes itself, and no comment lines.
 * Reads up to 63 bytes on both sides.
 */
export function csvIndex(record: usize): u32 {
  const start = load<u32>(record, IX_START);
  const end = load<u32>(record, IX_END);
  const block = load<u32>(record, IX_BLOCK);
  const quoteByte = load<u32>(record, IX_QUOTE);
  const newlineByte = load<u32>(record, IX_NEWLINE);
  const delimiterByte = load<u32>(record, IX_DELIMITER);
  const state = load<u32>(record, IX_STATE);
  const delimiter = i8x16.splat(<i8>delimiterByte);
  const quote = i8x16.splat(<i8>quoteByte);
  const newline = i8x16.splat(<i8>newlineByte);
  const carriage = i8x16.splat(13);
  const hasQuote = quoteByte != 0;
  const shift = <u64>(start & 63);
  let at = start & ~63;
  let out = load<u32>(record, IX_INDEX) + (((at - block) >> 6) << 4);
  let valid = ~(<u64>0) << shift;
  // Field and line ends that an earlier call found in the first block.
  let keptEnds = load<u64>(out) & ~valid;
  let keptLines = load<u64>(out, 8) & ~valid;
  let inside: u64 = state == INSIDE ? ~(<u64>0) : 0;
  let edge: u64 = state == FIELD || state == ROW ? (<u64>1) << shift : 0;
  let closing: u64 = state == CLOSING ? (<u64>1) << shift : 0;
  let line: u64 = state == ROW ? (<u64>1) << shift : 0;
  let lines: u32 = 0;
  let blanks: u32 = 0;
  let returns = i8x16.splat(0);
  let anyQuotes: u64 = 0;
  while (at < end) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const left = end - at;
    if (left < 64) valid &= ((<u64>1) << left) - 1;
    let lineEnds = bits(a, b, c, d, newline) & valid;
    let fieldEnds = (bits(a, b, c, d, delimiter) & valid) | lineEnds;
    returns = v128.or(returns, v128.or(v128.or(i8x16.eq(a, carriage), i8x16.eq(b, carriage)), v128.or(i8x16.eq(c, carriage), i8x16.eq(d, carriage))));
    if (hasQuote) {
      const quotes = bits(a, b, c, d, quote) & valid;
      anyQuotes |= quotes;
      if ((quotes | inside | closing) != 0) {
        const quoted = prefixXor(quotes) ^ inside;
        const edges = fieldEnds | quotes;
        const opens = quotes & quoted & ~((edges << 1) | edge | closing);
        // The byte behind a closing quote; behind the last byte of a block or piece, whoever goes on there looks.
        const behind = ((quotes & ~quoted) << 1) | closing;
        const beyond = left < 64 ? ~(<u64>0) << left : 0;
        const closes = behind & ~edges & ~beyond;
        if ((opens | closes) != 0) {
          if (opens != 0) return 0;
          if ((closes & ~bits(a, b, c, d, carriage)) != 0) return 0;
        }
        closing = (quotes & ~quoted) >> 63;
        inside = <u64>(<i64>quoted >> 63);
        fieldEnds &= ~quoted;
        lineEnds &= ~quoted;
      }
    }
    edge = fieldEnds >> 63;
    lines += <u32>popcnt(lineEnds);
    const empty = lineEnds & ((lineEnds << 1) | line);
    if (empty != 0) blanks += <u32>popcnt(empty);
    line = lineEnds >> 63;
    store<u64>(out, fieldEnds | keptEnds);
    store<u64>(out, lineEnds | keptLines, 8);
    keptEnds = 0;
    keptLines = 0;
    valid = ~(<u64>0);
    at += 64;
    out += 16;
  }
  store<u32>(record, lines, IX_LINES);
  store<u32>(record, blanks, IX_BLANKS);
  store<u32>(record, v128.any_true(returns) ? 1 : 0, IX_RETURNS);
  store<u32>(record, anyQuotes != 0 ? 1 : 0, IX_QUOTES);
  if (end > start) {
    const last = <u32>load<u8>(end - 1);
    let reached = PLAIN;
    if (last == newlineByte) reached = ROW;
    if (last == delimiterByte) reached = FIELD;
    if (last == quoteByte && hasQuote) reached = CLOSING;
    store<u32>(record, inside != 0 ? INSIDE : reached, IX_STATE);
  }
  return 1;
}

// @ts-ignore: decorator
@inline
function step(state: u32, byte: u32, delimiter: u32, quote: u32, escape: u32, comment: u32, newline: u32): u32 {
  if (state == INSIDE) {
    if (byte == quote) {
      if (quote != 0) return CLOSING;
    }
    if (byte == escape) {
      if (escape != 0) return ESCAPED;
    }
    return INSIDE;
  }
  if (state == ESCAPED) return INSIDE;
  if (byte == newline) return ROW;
  if (state == COMMENT) return COMMENT;
  if (byte == delimiter) return FIELD;
  if (byte == quote) {
    if (quote != 0) {
      if (state == FIELD) return INSIDE;
      if (state == ROW) return INSIDE;
      if (state == CLOSING) return escape == quote ? INSIDE : PLAIN;
    }
  }
  if (state == ROW) {
    if (byte == comment) return comment != 0 ? COMMENT : PLAIN;
  }
  return PLAIN;
}

/**
 * The same by the automaton, byte by byte: for other escapes than doubled quotes, comment lines, and quotes inside unquoted fields, which are plain text there. A comment line
 * has one bit, at its end.
 */
export function csvIndexExact(record: usize): void {
  const start = load<u32>(record, IX_START);
  const end = load<u32>(record, IX_END);
  const block = load<u32>(record, IX_BLOCK);
  const delimiter = load<u32>(record, IX_DELIMITER);
  const quote = load<u32>(record, IX_QUOTE);
  const escape = load<u32>(record, IX_ESCAPE);
  const comment = load<u32>(record, IX_COMMENT);
  const newline = load<u32>(record, IX_NEWLINE);
  let state = load<u32>(record, IX_STATE);
  let at = start;
  let out = load<u32>(record, IX_INDEX) + (((at - block) >> 6) << 4);
  const kept = ((<u64>1) << <u64>(at & 63)) - 1;
  let fieldEnds = load<u64>(out) & kept;
  let lineEnds = load<u64>(out, 8) & kept;
  while (at < end) {
    const stop = min<u32>((at & ~63) + 64, end);
    while (at < stop) {
      const before = state;
      state = step(before, <u32>load<u8>(at), delimiter, quote, escape, comment, newline);
      if (state == FIELD) {
        fieldEnds |= (<u64>1) << <u64>(at & 63);
      } else if (state == ROW) {
        fieldEnds |= (<u64>1) << <u64>(at & 63);
        lineEnds |= (<u64>1) << <u64>(at & 63);
      }
      at++;
    }
    store<u64>(out, fieldEnds);
    store<u64>(out, lineEnds, 8);
    fieldEnds = 0;
    lineEnds = 0;
    out += 16;
  }
  store<u32>(record, state, IX_STATE);
}

/**
 * The automaton's transition over IX_START..IX_END: bits 3·s .. 3·s + 2 of the result are the state behind it for state s before it. Different states soon become the
 * same: the bytes are stepped over once for each that still differs.
 */
export function csvTransition(record: usize): u32 {
  const end = load<u32>(record, IX_END);
  const delimiter = load<u32>(record, IX_DELIMITER);
  const quote = load<u32>(record, IX_QUOTE);
  const escape = load<u32>(record, IX_ESCAPE);
  const comment = load<u32>(record, IX_COMMENT);
  const newline = load<u32>(record, IX_NEWLINE);
  let at = load<u32>(record, IX_START);
  let map: u32 = 0;
  for (let s: u32 = 0; s < STATES; s++) map |= s << (3 * s);
  while (at < end) {
    const stop = min<u32>(at + 256, end);
    let moved: u32 = 0;
    let done: u32 = 0;
    for (let s: u32 = 0; s < STATES; s++) {
      const from = (map >> (3 * s)) & 7;
      if ((done & (1 << from)) != 0) continue;
      done |= 1 << from;
      let state = from;
      for (let i = at; i < stop; i++) state = step(state, <u32>load<u8>(i), delimiter, quote, escape, comment, newline);
      for (let t = s; t < STATES; t++) {
        if (((map >> (3 * t)) & 7) == from) moved |= state << (3 * t);
      }
    }
    map = moved;
    at = stop;
  }
  return map;
}

/** Address behind the first line end at or behind `from`, before `end`; 0 if there is none. */
export function csvNextLine(index: u32, block: u32, from: u32, end: u32): u32 {
  let at = from & ~63;
  let entry = index + (((at - block) >> 6) << 4);
  let valid = ~(<u64>0) << <u64>(from & 63);
  while (at < end) {
    const lines = load<u64>(entry, 8) & valid;
    if (lines != 0) return at + <u32>ctz(lines) + 1;
    valid = ~(<u64>0);
    at += 64;
    entry += 16;
  }
  return 0;
}

/** Lines that end in start..end, whose first byte is a line's, and are nothing but a carriage return. */
export function csvReturnLines(index: u32, block: u32, start: u32, end: u32): u32 {
  let count: u32 = 0;
  let line = start;
  let at = start & ~63;
  let entry = index + (((at - block) >> 6) << 4);
  let valid = ~(<u64>0) << <u64>(start & 63);
  while (at < end) {
    let lines = load<u64>(entry, 8) & valid;
    if (end - at < 64) lines &= ((<u64>1) << (end - at)) - 1;
    while (lines != 0) {
      const lineEnd = at + <u32>ctz(lines);
      lines &= lines - 1;
      if (lineEnd - line == 1) {
        if (load<u8>(line) == RETURN) count++;
      }
      line = lineEnd + 1;
    }
    valid = ~(<u64>0);
    at += 64;
    entry += 16;
  }
  return count;
}
