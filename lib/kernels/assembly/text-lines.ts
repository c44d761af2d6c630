import { writeView } from './csv-views';
import { positionOf } from './csv-column';
import { bits } from './csv-index';
import { VIEW_BYTES } from './layout';

// Lines of plain text as rows.

/** Words of a lines record. */
const TL_START: u32 = 0; // a line's first byte; afterwards the next one's
const TL_END: u32 = 4; // of the text
const TL_LIMIT: u32 = 8; // lines begin before it
const TL_CAPACITY: u32 = 12;
const TL_SPANS: u32 = 16; // u32 first byte, u32 behind the last byte of each line
const TL_BREAK: u32 = 20; // the byte that ends lines
const TL_RETURN: u32 = 24; // 13: one before it is not part of the line; 0: it is

/** Finds lines that end in the text. Returns how many. */
export function textLines(r: usize): u32 {
  const end = load<u32>(r, TL_END);
  const limit = load<u32>(r, TL_LIMIT);
  const capacity = load<u32>(r, TL_CAPACITY);
  const spans = load<u32>(r, TL_SPANS);
  const ret = load<u32>(r, TL_RETURN);
  const lineBreak = i8x16.splat(<i8>load<u32>(r, TL_BREAK));
  let start = load<u32>(r, TL_START);
  let at = start & ~63;
  let valid = ~(<u64>0) << <u64>(start & 63);
  let rows: u32 = 0;
  while (at < end) {
    if (rows >= capacity) break;
    if (start >= limit) break;
    if (end - at < 64) valid &= ((<u64>1) << (end - at)) - 1;
    let breaks = bits(v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48), lineBreak) & valid;
    valid = ~(<u64>0);
    while (breaks != 0) {
      if (rows >= capacity) break;
      if (start >= limit) break;
      const stop = at + <u32>ctz(breaks);
      breaks &= breaks - 1;
      const span = spans + (rows << 3);
      store<u32>(span, start);
      store<u32>(span, stop > start && ret != 0 && <u32>load<u8>(stop - 1) == ret ? stop - 1 : stop, 4);
      rows++;
      start = stop + 1;
    }
    at += 64;
  }
  store<u32>(r, start, TL_START);
  return rows;
}

/** Spans as views. */
export function textViews(spans: u32, sel: u32, n: u32, values: u32): void {
  for (let k: u32 = 0; k < n; k++) {
    const position = positionOf(sel, k);
    const span = spans + (position << 3);
    const start = load<u32>(span);
    writeView(values + position * VIEW_BYTES, start, load<u32>(span, 4) - start);
  }
}
