import { setView } from './utf8';
import { finishView, room } from './string';
import { PACKED_HEADER_BYTES } from './layout';
import { viewBytes } from './view';

// Packed values: arrays, structs and maps as one run of bytes behind a view. lib/memory/packed.ts has the format.
//
// Physical codes below are PHYSICAL_CODE of the layout (bool 1, i32 2, i64 3, i128 4, f64 5, view 6); nested values are views, too.
// `nulls` are null bytes (1 = null), 0 where nothing is null: runs of elements are longer than ZEROS.

export const BOOL: u32 = 1;
export const I32: u32 = 2;
export const I128: u32 = 4;
export const VIEW: u32 = 6;

/** Bytes of an element's slot. */
// @ts-ignore: decorator
@inline
export function packedWidth(code: u32): u32 {
  if (code == I32) return 4;
  if (code == BOOL) return 1;
  return code == I128 ? 16 : 8;
}

/** Bytes of a value in a vector. */
// @ts-ignore: decorator
@inline
export function vectorWidth(code: u32): u32 {
  return code == VIEW ? 16 : packedWidth(code);
}

// @ts-ignore: decorator
@inline
export function padded(bytes: u64): u64 {
  return (bytes + 7) & ~7;
}

/** Bytes of the null bits of so many elements or fields. */
// @ts-ignore: decorator
@inline
export function nullBitsBytes(count: u32): u32 {
  return ((count + 63) >> 6) << 3;
}

// @ts-ignore: decorator
@inline
export function isNullAt(bits: usize, i: u32): u32 {
  return (<u32>load<u8>(bits + (i >> 3)) >> (i & 7)) & 1;
}

// @ts-ignore: decorator
@inline
function setNullAt(bits: usize, i: u32): void {
  const at = bits + (i >> 3);
  store<u8>(at, <u32>load<u8>(at) | ((<u32>1) << (i & 7)));
}

/** Where the slots of an array begin. */
// @ts-ignore: decorator
@inline
export function arraySlots(array: usize): usize {
  return array + PACKED_HEADER_BYTES + nullBitsBytes(load<u32>(array));
}

/** Zeros the last word of a span that ends at `end` (8-byte padding), before the span is written. */
// @ts-ignore: decorator
@inline
function clearPadding(start: usize, end: usize): void {
  if (end > start) store<u64>(end - 8, 0);
}

/** Copies a view's bytes to `to`, zero padded; returns where the next piece goes. */
// @ts-ignore: decorator
@inline
function copyPiece(to: usize, view: usize): usize {
  const length = load<u32>(view);
  const end = to + <usize>padded(length);
  clearPadding(to, end);
  memory.copy(to, viewBytes(view), length);
  return end;
}

/** Bytes that elements from..from + count of a vector take as an array. */
function arrayBytes(code: u32, values: usize, nulls: usize, from: u32, count: u32): u64 {
  let bytes = <u64>PACKED_HEADER_BYTES + <u64>nullBitsBytes(count) + padded(<u64>count * packedWidth(code));
  if (code == VIEW) {
    for (let i = from; i < from + count; i++) {
      if (nulls != 0) {
        if (load<u8>(nulls + i) != 0) continue;
      }
      bytes += padded(load<u32>(values + (<usize>i << 4)));
    }
  }
  return bytes;
}

/** Writes them as an array at `at`. */
function writeArray(at: usize, code: u32, values: usize, nulls: usize, from: u32, count: u32): void {
  store<u32>(at, count);
  store<u32>(at, 0, 4);
  const bits = at + PACKED_HEADER_BYTES;
  const bitBytes = nullBitsBytes(count);
  memory.fill(bits, 0, bitBytes);
  const slots = bits + bitBytes;
  const width = packedWidth(code);
  const end = slots + <usize>padded(<u64>count * width);
  clearPadding(slots, end);
  if (nulls != 0) {
    for (let i: u32 = 0; i < count; i++) {
      if (load<u8>(nulls + from + i) != 0) setNullAt(bits, i);
    }
  }
  if (code == VIEW) {
    let to = end;
    for (let i: u32 = 0; i < count; i++) {
      const slot = slots + (<usize>i << 3);
      if (isNullAt(bits, i) != 0) {
        store<u64>(slot, 0);
        continue;
      }
      const view = values + (<usize>(from + i) << 4);
      store<u32>(slot, <u32>(to - at));
      store<u32>(slot, load<u32>(view), 4);
      to = copyPiece(to, view);
    }
    return;
  }
  memory.copy(slots, values + <usize>from * width, count * width);
  if (nulls != 0) {
    for (let i: u32 = 0; i < count; i++) {
      if (isNullAt(bits, i) != 0) memory.fill(slots + <usize>(i * width), 0, width);
    }
  }
}

/**
 * One array of `count` values of a vector, from position `from` on. The view goes to `out`, new bytes to the heap at `heap`.
 */
export function packArray(code: u32, values: usize, nulls: usize, from: u32, count: u32, out: usize, heap: usize): void {
  const bytes = arrayBytes(code, values, nulls, from, count);
  const at = room(heap, bytes);
  writeArray(at, code, values, nulls, from, count);
  finishView(heap, out, at, <u32>bytes);
}

/**
 * n arrays. The elements of all lie one after the other in a vector: `values` of physical type `code` with null bytes `childNulls` (0: none is null);
 * those of array k are offsets[k] to offsets[k + 1] (u32). `nulls`: null bytes of the arrays themselves (0: none). Views go to `out` (16 bytes each; zeros for null).
 */
export function packArrays(code: u32, values: usize, childNulls: usize, offsets: usize, nulls: usize, n: u32, out: usize, heap: usize): void {
  for (let k: u32 = 0; k < n; k++, out += 16, offsets += 4) {
    if (nulls != 0) {
      if (load<u8>(nulls + k) != 0) {
        v128.store(out, i64x2.splat(0));
        continue;
      }
    }
    const from = load<u32>(offsets);
    packArray(code, values, childNulls, from, load<u32>(offsets, 4) - from, out, heap);
  }
}

/**
 * n structs. `fields`: a record of 16 bytes for each of `count` fields: u32 physical code, u32 address of the values, u32 address of the null bytes (0: none is null), u32 zero.
 * Row k of each makes struct k. `nulls`: null bytes of the structs (0: none). Views go to `out` (zeros for null).
 */
export function packStructs(fields: usize, count: u32, nulls: usize, n: u32, out: usize, heap: usize): void {
  let fixed: u32 = nullBitsBytes(count);
  for (let f: u32 = 0; f < count; f++) fixed += load<u32>(fields + (<usize>f << 4)) == I128 ? 16 : 8;
  for (let k: u32 = 0; k < n; k++, out += 16) {
    if (nulls != 0) {
      if (load<u8>(nulls + k) != 0) {
        v128.store(out, i64x2.splat(0));
        continue;
      }
    }
    packStruct(fields, count, fixed, k, out, heap);
  }
}

function packStruct(fields: usize, count: u32, fixed: u32, k: u32, out: usize, heap: usize): void {
  let bytes: u64 = fixed;
  for (let f: u32 = 0; f < count; f++) {
    const field = fields + (<usize>f << 4);
    if (load<u32>(field) != VIEW) continue;
    const nulls = <usize>load<u32>(field, 8);
    if (nulls != 0) {
      if (load<u8>(nulls + k) != 0) continue;
    }
    bytes += padded(load<u32>(<usize>load<u32>(field, 4) + (<usize>k << 4)));
  }
  const at = room(heap, bytes);
  memory.fill(at, 0, fixed);
  let slot = at + nullBitsBytes(count);
  let to = at + fixed;
  for (let f: u32 = 0; f < count; f++) {
    const field = fields + (<usize>f << 4);
    const code = load<u32>(field);
    const values = <usize>load<u32>(field, 4);
    const nulls = <usize>load<u32>(field, 8);
    let isNull: u32 = 0;
    if (nulls != 0) isNull = load<u8>(nulls + k);
    if (isNull != 0) {
      setNullAt(at, f);
    } else if (code == VIEW) {
      const view = values + (<usize>k << 4);
      store<u32>(slot, <u32>(to - at));
      store<u32>(slot, load<u32>(view), 4);
      to = copyPiece(to, view);
    } else if (code == I128) {
      v128.store(slot, v128.load(values + (<usize>k << 4)));
    } else if (code == I32) {
      store<u32>(slot, load<u32>(values + (<usize>k << 2)));
    } else if (code == BOOL) {
      store<u8>(slot, load<u8>(values + k));
    } else {
      store<u64>(slot, load<u64>(values + (<usize>k << 3)));
    }
    slot += code == I128 ? 16 : 8;
  }
  finishView(heap, out, at, <u32>bytes);
}

/**
 * One struct of `count` values that lie in cells of 16 bytes: `codes`: a byte a field with its physical code; `nulls`: a byte a field.
 */
export function packStruct1(codes: usize, cells: usize, nulls: usize, count: u32, out: usize, heap: usize): void {
  let fixed: u32 = nullBitsBytes(count);
  let bytes: u64 = 0;
  for (let f: u32 = 0; f < count; f++) {
    const code = <u32>load<u8>(codes + f);
    fixed += code == I128 ? 16 : 8;
    if (code == VIEW && load<u8>(nulls + f) == 0) bytes += padded(load<u32>(cells + (<usize>f << 4)));
  }
  bytes += fixed;
  const at = room(heap, bytes);
  memory.fill(at, 0, nullBitsBytes(count));
  let slot = at + nullBitsBytes(count);
  let to = at + fixed;
  for (let f: u32 = 0; f < count; f++) {
    const code = <u32>load<u8>(codes + f);
    const cell = cells + (<usize>f << 4);
    if (load<u8>(nulls + f) != 0) {
      setNullAt(at, f);
      store<u64>(slot, 0);
      if (code == I128) store<u64>(slot, 0, 8);
    } else if (code == VIEW) {
      store<u32>(slot, <u32>(to - at));
      store<u32>(slot, load<u32>(cell), 4);
      to = copyPiece(to, cell);
    } else if (code == I128) {
      v128.store(slot, v128.load(cell));
    } else if (code == I32) {
      store<u64>(slot, <u64>load<u32>(cell));
    } else if (code == BOOL) {
      store<u64>(slot, <u64>load<u8>(cell));
    } else {
      store<u64>(slot, load<u64>(cell));
    }
    slot += code == I128 ? 16 : 8;
  }
  finishView(heap, out, at, <u32>bytes);
}

/**
 * n maps, their entries one after the other in two vectors: entries of map k are offsets[k] to offsets[k + 1] (u32). Keys are never null. `nulls`: null bytes of the maps (0: none).
 * Nothing is done about keys that repeat.
 */
export function packMaps(keyCode: u32, keys: usize, valueCode: u32, values: usize, valueNulls: usize, offsets: usize, nulls: usize, n: u32, out: usize, heap: usize): void {
  for (let k: u32 = 0; k < n; k++, out += 16, offsets += 4) {
    if (nulls != 0) {
      if (load<u8>(nulls + k) != 0) {
        v128.store(out, i64x2.splat(0));
        continue;
      }
    }
    const from = load<u32>(offsets);
    const count = load<u32>(offsets, 4) - from;
    const keyBytes = arrayBytes(keyCode, keys, 0, from, count);
    const bytes = <u64>PACKED_HEADER_BYTES + keyBytes + arrayBytes(valueCode, values, valueNulls, from, count);
    const at = room(heap, bytes);
    store<u64>(at, keyBytes);
    writeArray(at + PACKED_HEADER_BYTES, keyCode, keys, 0, from, count);
    writeArray(at + PACKED_HEADER_BYTES + <usize>keyBytes, valueCode, values, valueNulls, from, count);
    finishView(heap, out, at, <u32>bytes);
  }
}

/** The keys (part 1) or values (part 2) of a map at `map` as the address of an array; an array (part 0) is itself. */
// @ts-ignore: decorator
@inline
export function packedPart(bytes: usize, part: u32): usize {
  if (part == 0) return bytes;
  const keys = bytes + PACKED_HEADER_BYTES;
  return part == 1 ? keys : keys + <usize>load<u32>(bytes);
}

/** A view of the keys or values of a map: no bytes are copied. */
export function packed_part_view(out: usize, view: usize, part: u32): void {
  const bytes = viewBytes(view);
  const length = load<u32>(view);
  const keyBytes = load<u32>(bytes);
  if (part == 1) setView(out, bytes + PACKED_HEADER_BYTES, keyBytes);
  else setView(out, bytes + PACKED_HEADER_BYTES + keyBytes, length - PACKED_HEADER_BYTES - keyBytes);
}

/** Address of the slot of an array's element, or 0 where it is null. */
export function packed_element(array: usize, i: u32, width: u32): usize {
  if (isNullAt(array + PACKED_HEADER_BYTES, i) != 0) return 0;
  return arraySlots(array) + <usize>i * width;
}

/** The view of a piece (a string, a nested value) that the slot of the packed value at `base` tells of. */
export function packed_view(out: usize, base: usize, slot: usize): void {
  setView(out, base + <usize>load<u32>(slot), load<u32>(slot, 4));
}
