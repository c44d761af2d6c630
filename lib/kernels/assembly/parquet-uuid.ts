// UUIDs as Parquet has them, 16 bytes each, as the text that people know them by.

import { VIEW_BYTES, VIEW_PREFIX, VIEW_REF } from './layout';

const UUID_BYTES: usize = 16;
const TEXT_BYTES: u32 = 36;

// @ts-ignore: decorator
@inline
function digit(value: u32): u32 {
  return value + (value < 10 ? 48 : 87);
}

/** Views of the texts of `n` UUIDs one after the other at `from`; their bytes go to `texts`, which has room for 36 each. */
export function uuidViews(from: usize, n: u32, texts: usize, out: usize): void {
  for (; n > 0; n--) {
    let at = texts;
    for (let i: u32 = 0; i < 16; i++) {
      const byte = <u32>load<u8>(from + i);
      store<u8>(at, digit(byte >> 4));
      store<u8>(at, digit(byte & 15), 1);
      at += 2;
      const isHyphen = i == 3 || i == 5 || i == 7 || i == 9;
      if (isHyphen) {
        store<u8>(at, 45);
        at++;
      }
    }
    store<u32>(out, TEXT_BYTES);
    store<u32>(out, load<u32>(texts), VIEW_PREFIX);
    store<u64>(out, <u64>(<u32>texts), VIEW_REF);
    from += UUID_BYTES;
    texts += TEXT_BYTES;
    out += VIEW_BYTES;
  }
}
