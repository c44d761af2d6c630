// Key columns into records, and out of group rows.
//
// A record is what a group row begins with: [u32 hash][u32 null bits][key words…]; see exec/sinks/group-layout.ts for offsets.
// `out` below is the address of the key's place in the first record, `stride` the distance of records.
// `sel` is 0 for rows 0..n, else the address of n row positions.

import { VIEW_INLINE_MAX } from './layout';
import { hashBytes, hashFinish, hashMix } from './hash';

export function groupKey8(values: usize, sel: usize, n: u32, out: usize, stride: u32): void {
  for (let k: u32 = 0; k < n; k++, out += stride) {
    store<u32>(out, <u32>load<u8>(values + (sel == 0 ? k : load<u32>(sel + (k << 2)))));
  }
}

export function groupKey32(values: usize, sel: usize, n: u32, out: usize, stride: u32): void {
  if (sel == 0) {
    for (let k: u32 = 0; k < n; k++, out += stride) store<u32>(out, load<u32>(values + (k << 2)));
  } else {
    for (let k: u32 = 0; k < n; k++, out += stride) store<u32>(out, load<u32>(values + (load<u32>(sel + (k << 2)) << 2)));
  }
}

export function groupKey64(values: usize, sel: usize, n: u32, out: usize, stride: u32): void {
  if (sel == 0) {
    for (let k: u32 = 0; k < n; k++, out += stride) store<u64>(out, load<u64>(values + (k << 3)));
  } else {
    for (let k: u32 = 0; k < n; k++, out += stride) store<u64>(out, load<u64>(values + (load<u32>(sel + (k << 2)) << 3)));
  }
}

/** Doubles: -0 becomes 0 and every NaN the same one. */
export function groupKeyF64(values: usize, sel: usize, n: u32, out: usize, stride: u32): void {
  for (let k: u32 = 0; k < n; k++, out += stride) {
    const value = load<f64>(values + ((sel == 0 ? k : load<u32>(sel + (k << 2))) << 3)) + 0.0;
    store<u64>(out, value != value ? 0x7ff8000000000000 : reinterpret<u64>(value));
  }
}

export function groupKey128(values: usize, sel: usize, n: u32, out: usize, stride: u32): void {
  if (sel == 0) {
    for (let k: u32 = 0; k < n; k++, out += stride) v128.store(out, v128.load(values + (k << 4)));
  } else {
    for (let k: u32 = 0; k < n; k++, out += stride) v128.store(out, v128.load(values + (load<u32>(sel + (k << 2)) << 4)));
  }
}

/** Views. Returns not 0 when one may be long (a null row's rubbish counts too). */
export function groupKeyView(values: usize, sel: usize, n: u32, out: usize, stride: u32): u32 {
  let longest: u32 = 0;
  if (sel == 0) {
    for (let k: u32 = 0; k < n; k++, out += stride, values += 16) {
      const length = load<u32>(values);
      v128.store(out, v128.load(values));
      longest = longest > length ? longest : length;
    }
  } else {
    for (let k: u32 = 0; k < n; k++, out += stride) {
      const from = values + (load<u32>(sel + (k << 2)) << 4);
      const length = load<u32>(from);
      v128.store(out, v128.load(from));
      longest = longest > length ? longest : length;
    }
  }
  return longest > VIEW_INLINE_MAX ? 1 : 0;
}

/** Zeroes the key (`bytes` 4, 8 or 16) of null rows and sets their bit; `record` is the first record. */
export function groupKeyNulls(nulls: usize, sel: usize, n: u32, record: usize, stride: u32, offset: u32, bytes: u32, bitOffset: u32, bit: u32): void {
  for (let k: u32 = 0; k < n; k++, record += stride) {
    if (load<u8>(nulls + (sel == 0 ? k : load<u32>(sel + (k << 2)))) == 0) continue;
    const bits = record + bitOffset;
    store<u32>(bits, load<u32>(bits) | (<u32>1 << bit));
    if (bytes == 4) {
      store<u32>(record + offset, 0);
    } else {
      store<u64>(record + offset, 0);
      if (bytes == 16) store<u64>(record + offset + 8, 0);
    }
  }
}

/** Zeroes a u32 of every record. */
export function groupClear32(record: usize, n: u32, stride: u32): void {
  for (let k: u32 = 0; k < n; k++, record += stride) store<u32>(record, 0);
}

/** Hashes records of `words` key words and null bits; no long views. */
export function groupHash(record: usize, n: u32, stride: u32, words: u32): void {
  if (words == 1) {
    for (let k: u32 = 0; k < n; k++, record += stride) {
      store<u32>(record, hashFinish(hashMix(<u64>load<u32>(record + 4), load<u64>(record + 8))));
    }
  } else if (words == 2) {
    for (let k: u32 = 0; k < n; k++, record += stride) {
      store<u32>(record, hashFinish(hashMix(hashMix(<u64>load<u32>(record + 4), load<u64>(record + 8)), load<u64>(record + 16))));
    }
  } else if (words == 4) {
    for (let k: u32 = 0; k < n; k++, record += stride) {
      const first = hashMix(hashMix(<u64>load<u32>(record + 4), load<u64>(record + 8)), load<u64>(record + 16));
      store<u32>(record, hashFinish(hashMix(hashMix(first, load<u64>(record + 24)), load<u64>(record + 32))));
    }
  } else {
    for (let k: u32 = 0; k < n; k++, record += stride) {
      let hash = <u64>load<u32>(record + 4);
      for (let w: u32 = 1; w <= words; w++) hash = hashMix(hash, load<u64>(record + (w << 3)));
      store<u32>(record, hashFinish(hash));
    }
  }
}

/** The same where views may be long: kinds[w] is 1 for the first word of a view. A short view hashes as in groupHash. */
export function groupHashLong(record: usize, n: u32, stride: u32, words: u32, kinds: usize): void {
  for (let k: u32 = 0; k < n; k++, record += stride) {
    let hash = <u64>load<u32>(record + 4);
    for (let w: u32 = 0; w < words; w++) {
      const at = record + 8 + (w << 3);
      const word = load<u64>(at);
      hash = hashMix(hash, word);
      if (load<u8>(kinds + w) == 0) continue;
      if (<u32>word <= VIEW_INLINE_MAX) continue;
      hash = hashBytes(hash, load<u32>(at + 8), <u32>word);
      w++;
    }
    store<u32>(record, hashFinish(hash));
  }
}

/** Keys of n group rows (addresses at `rows`) into a vector. `shift`: 0, 2, 3 or 4. */
export function groupOut(rows: usize, n: u32, offset: u32, shift: u32, out: usize): void {
  if (shift == 0) {
    for (let k: u32 = 0; k < n; k++) store<u8>(out + k, load<u8>(load<u32>(rows + (k << 2)) + offset));
  } else if (shift == 2) {
    for (let k: u32 = 0; k < n; k++) store<u32>(out + (k << 2), load<u32>(load<u32>(rows + (k << 2)) + offset));
  } else if (shift == 3) {
    for (let k: u32 = 0; k < n; k++) store<u64>(out + (k << 3), load<u64>(load<u32>(rows + (k << 2)) + offset));
  } else {
    for (let k: u32 = 0; k < n; k++) v128.store(out + (k << 4), v128.load(load<u32>(rows + (k << 2)) + offset));
  }
}

/** Null bytes of a key of n group rows. Returns whether any is null. */
export function groupOutNulls(rows: usize, n: u32, bitOffset: u32, bit: u32, out: usize): u32 {
  let any: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const isNull = (load<u32>(load<u32>(rows + (k << 2)) + bitOffset) >> bit) & 1;
    any |= isNull;
    store<u8>(out + k, isNull);
  }
  return any;
}
