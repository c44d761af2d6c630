// Rows that wait in bins by bits of their hash until so many of one bin are there that looking them up together finds their groups in the cache.
// Bin b has places b << rowBits … in every column's array.

/** Places of a batch's records in the columns' arrays (u32); the bin is hash >> shift, and `fills` (u32 a bin) counts its rows. */
export function binPlaces(records: usize, stride: u32, n: u32, shift: u32, rowBits: u32, fills: usize, places: usize): void {
  for (let k: u32 = 0; k < n; k++, records += stride) {
    const bin = load<u32>(records) >> shift;
    const fill = fills + (bin << 2);
    const row = load<u32>(fill);
    store<u32>(fill, row + 1);
    store<u32>(places + (k << 2), (bin << rowBits) + row);
  }
}

// @ts-ignore: decorator
@inline
function recordAt(bases: usize, place: u32, rowBits: u32, mask: u32, stride: u32): usize {
  return <usize>load<u32>(bases + ((place >> rowBits) << 2)) + (place & mask) * stride;
}

/** Records to their places; every bin's records are a span of their own, whose address is at bases[bin] (u32). */
export function binRecords(records: usize, stride: u32, n: u32, places: usize, rowBits: u32, bases: usize): void {
  const mask = (<u32>1 << rowBits) - 1;
  if (stride == 16) {
    for (let k: u32 = 0; k < n; k++) v128.store(recordAt(bases, load<u32>(places + (k << 2)), rowBits, mask, 16), v128.load(records + (k << 4)));
  } else if (stride == 24) {
    for (let k: u32 = 0; k < n; k++, records += 24) {
      const to = recordAt(bases, load<u32>(places + (k << 2)), rowBits, mask, 24);
      v128.store(to, v128.load(records));
      store<u64>(to, load<u64>(records, 16), 16);
    }
  } else {
    for (let k: u32 = 0; k < n; k++, records += stride) {
      const to = recordAt(bases, load<u32>(places + (k << 2)), rowBits, mask, stride);
      for (let i: u32 = 0; i < stride; i += 8) store<u64>(to + i, load<u64>(records + i));
    }
  }
}

/** Values of the live rows, 1 << shift bytes each, to their places. */
export function binColumn(values: usize, sel: usize, n: u32, shift: u32, places: usize, out: usize): void {
  if (shift == 0) {
    for (let k: u32 = 0; k < n; k++) store<u8>(out + load<u32>(places + (k << 2)), load<u8>(values + rowAt(sel, k)));
  } else if (shift == 2) {
    if (sel == 0) {
      for (let k: u32 = 0; k < n; k++) store<u32>(out + (load<u32>(places + (k << 2)) << 2), load<u32>(values + (k << 2)));
    } else {
      for (let k: u32 = 0; k < n; k++) store<u32>(out + (load<u32>(places + (k << 2)) << 2), load<u32>(values + (rowAt(sel, k) << 2)));
    }
  } else if (shift == 3) {
    if (sel == 0) {
      for (let k: u32 = 0; k < n; k++) store<u64>(out + (load<u32>(places + (k << 2)) << 3), load<u64>(values + (k << 3)));
    } else {
      for (let k: u32 = 0; k < n; k++) store<u64>(out + (load<u32>(places + (k << 2)) << 3), load<u64>(values + (rowAt(sel, k) << 3)));
    }
  } else {
    for (let k: u32 = 0; k < n; k++) v128.store(out + (load<u32>(places + (k << 2)) << 4), v128.load(values + (rowAt(sel, k) << 4)));
  }
}

// @ts-ignore: decorator
@inline
function rowAt(sel: usize, k: u32): u32 {
  return sel == 0 ? k : load<u32>(sel + (k << 2));
}
