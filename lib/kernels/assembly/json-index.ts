// Where JSON's structure lies: addresses of braces, brackets and commas outside strings, and of line ends. A block of 64 bytes at a time, as bit masks, after Langdale and
// Lemire, "Parsing gigabytes of JSON per second". Colons need no entry: they follow keys, which are looked at anyway.
//
// JSON has no line ends inside strings. So the masks start afresh behind each one, and a quote that somebody forgot spoils no line but its own.

import { addresses } from './csv-rows';
import { BACKSLASH, COMMA, JS_AT, JS_COUNT, JS_END, JS_ESCAPED, JS_INSIDE, JS_LIST, JS_LIST_MAX, JS_NEXT, JS_SHAPE, JS_ZERO, NEWLINE, QUOTE, SHAPE_COUNT, SHAPE_DOCUMENT } from './json-record';
import { bits, prefixXor } from './csv-index';

/** Entries that the bits of a block and the end mark may need. */
const RESERVE: u32 = 80;
const EVEN: u64 = 0x5555555555555555;
const FOLD: i8 = 0x20;
/** `[` and `{`, `]` and `}` are the same but for that bit. */
const OPEN: i8 = 0x7b;
const CLOSE: i8 = 0x7d;

// @ts-ignore: decorator
@inline
function structure(v: v128, comma: v128, open: v128, close: v128, fold: v128): v128 {
  const folded = v128.or(v, fold);
  return v128.or(i8x16.eq(v, comma), v128.or(i8x16.eq(folded, open), i8x16.eq(folded, close)));
}

// @ts-ignore: decorator
@inline
function maskOf(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = <u64>(<u32>i8x16.bitmask(a)) | (<u64>(<u32>i8x16.bitmask(b)) << 16);
  const high = <u64>(<u32>i8x16.bitmask(c)) | (<u64>(<u32>i8x16.bitmask(d)) << 16);
  return low | (high << 32);
}

/** Makes room in the list by dropping what rows have taken, and indexes on, until it is full, `linesMax` line ends were seen, or all text. Returns whether there was room. */
export function jsonIndex(r: usize, linesMax: u32): bool {
  const list = load<u32>(r, JS_LIST);
  const taken = load<u32>(r, JS_NEXT);
  const kept = load<u32>(r, JS_COUNT) - taken;
  if (taken != 0) memory.copy(list, list + (taken << 2), (kept + 1) << 2);
  store<u32>(r, 0, JS_NEXT);
  store<u32>(r, kept, JS_COUNT);
  if (kept + RESERVE > load<u32>(r, JS_LIST_MAX)) return false;
  const out = load<u32>(r, JS_SHAPE) == SHAPE_COUNT ? lineEnds(r, list + (kept << 2), linesMax) : structurals(r, list + (kept << 2), linesMax);
  store<u32>(r, (out - list) >> 2, JS_COUNT);
  store<u32>(out, <u32>r + JS_ZERO);
  return true;
}

function structurals(r: usize, first: u32, linesMax: u32): u32 {
  const end = load<u32>(r, JS_END);
  const outMax = load<u32>(r, JS_LIST) + ((load<u32>(r, JS_LIST_MAX) - RESERVE) << 2);
  const hasLines = load<u32>(r, JS_SHAPE) != SHAPE_DOCUMENT;
  const comma = i8x16.splat(<i8>COMMA);
  const quote = i8x16.splat(<i8>QUOTE);
  const backslash = i8x16.splat(<i8>BACKSLASH);
  const newline = i8x16.splat(<i8>NEWLINE);
  const open = i8x16.splat(OPEN);
  const close = i8x16.splat(CLOSE);
  const fold = i8x16.splat(FOLD);
  const start = load<u32>(r, JS_AT);
  let at = start & ~63;
  let valid = ~(<u64>0) << <u64>(start & 63);
  let inside: u64 = load<u32>(r, JS_INSIDE) != 0 ? ~(<u64>0) : 0;
  let escape = <u64>load<u32>(r, JS_ESCAPED) << <u64>(start & 63);
  let out = first;
  let lines: u32 = 0;
  while (at < end) {
    if (out > outMax) break;
    if (lines >= linesMax) break;
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const left = end - at;
    if (left < 64) valid &= ((<u64>1) << left) - 1;
    let quotes = bits(a, b, c, d, quote) & valid;
    const slashA = i8x16.eq(a, backslash);
    const slashB = i8x16.eq(b, backslash);
    const slashC = i8x16.eq(c, backslash);
    const slashD = i8x16.eq(d, backslash);
    if (v128.any_true(v128.or(v128.or(slashA, slashB), v128.or(slashC, slashD))) || escape != 0) {
      // Of a run of backslashes every second one is escaped, and so is the byte behind an odd run.
      const slashes = maskOf(slashA, slashB, slashC, slashD) & valid & ~escape;
      const behind = (slashes << 1) | escape;
      const sum = (slashes & ~EVEN & ~behind) + slashes;
      escape = sum < slashes ? 1 : 0;
      quotes &= ~((EVEN ^ (sum << 1)) & behind);
    }
    let quoted = prefixXor(quotes) ^ inside;
    let found = maskOf(
      structure(a, comma, open, close, fold), structure(b, comma, open, close, fold), structure(c, comma, open, close, fold), structure(d, comma, open, close, fold),
    );
    if (hasLines) {
      const endsA = i8x16.eq(a, newline);
      const endsB = i8x16.eq(b, newline);
      const endsC = i8x16.eq(c, newline);
      const endsD = i8x16.eq(d, newline);
      if (v128.any_true(v128.or(v128.or(endsA, endsB), v128.or(endsC, endsD)))) {
        const ends = maskOf(endsA, endsB, endsC, endsD) & valid;
        let wrong = ends & quoted;
        while (wrong != 0) {
          quoted ^= ~(<u64>0) << <u64>ctz(wrong);
          wrong = ends & quoted;
        }
        lines += <u32>popcnt(ends);
        found |= ends;
      }
    }
    inside = <u64>(<i64>quoted >> 63);
    out += addresses(out, at, found & ~quoted & valid) << 2;
    valid = ~(<u64>0);
    at += 64;
  }
  store<u32>(r, at, JS_AT);
  store<u32>(r, <u32>(inside & 1), JS_INSIDE);
  store<u32>(r, <u32>escape, JS_ESCAPED);
  return out;
}

function lineEnds(r: usize, first: u32, linesMax: u32): u32 {
  const end = load<u32>(r, JS_END);
  const outMax = load<u32>(r, JS_LIST) + ((load<u32>(r, JS_LIST_MAX) - RESERVE) << 2);
  const newline = i8x16.splat(<i8>NEWLINE);
  const start = load<u32>(r, JS_AT);
  let at = start & ~63;
  let valid = ~(<u64>0) << <u64>(start & 63);
  let out = first;
  let lines: u32 = 0;
  while (at < end) {
    if (out > outMax) break;
    if (lines >= linesMax) break;
    if (end - at < 64) valid &= ((<u64>1) << (end - at)) - 1;
    const ends = bits(v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48), newline) & valid;
    if (ends != 0) {
      const n = addresses(out, at, ends);
      lines += n;
      out += n << 2;
    }
    valid = ~(<u64>0);
    at += 64;
  }
  store<u32>(r, at, JS_AT);
  return out;
}
