import { PACKED_ARRAY, PACKED_HEADER_BYTES, PACKED_MAP, PACKED_STRUCT } from './layout';
import { sortable_f64 } from './lists';
import { arraySlots, isNullAt, packedPart, packedWidth } from './packed';
import { finishView, room } from './string';
import { viewBytes } from './view';

// Order and equality of packed values. `types` is the address of a description (lib/memory/packed-types.ts): nodes of u32 words, that refer to each other by their offset from `types`:
// a leaf: its physical code; an array: PACKED_ARRAY, element node; a map: PACKED_MAP, key node, value node; a struct: PACKED_STRUCT, count, and for each field its node and the offset of its slot.
// Null is less than anything else, and equal to null, inside of values; doubles compare as elsewhere.

const BOOL: u32 = 1;
const I32: u32 = 2;
const I64: u32 = 3;
const I128: u32 = 4;
const F64: u32 = 5;
const VIEW: u32 = 6;
const NAN: u64 = 0x7ff8000000000000;

/** The physical code of a node: nested values are views. */
// @ts-ignore: decorator
@inline
function codeOf(node: usize): u32 {
  return min<u32>(load<u32>(node), VIEW);
}

/** −1, 0, 1: two views of one nested type. */
export function packed_compare(types: usize, a: usize, b: usize): i32 {
  return compareBytes(types, types, viewBytes(a), viewBytes(b));
}

function compareBytes(types: usize, node: usize, a: usize, b: usize): i32 {
  const kind = load<u32>(node);
  if (kind == PACKED_ARRAY) return compareArrays(types, types + load<u32>(node, 4), a, b);
  if (kind == PACKED_MAP) {
    const keys = compareArrays(types, types + load<u32>(node, 4), packedPart(a, 1), packedPart(b, 1));
    if (keys != 0) return keys;
    return compareArrays(types, types + load<u32>(node, 8), packedPart(a, 2), packedPart(b, 2));
  }
  const count = load<u32>(node, 4);
  for (let f: u32 = 0; f < count; f++) {
    const field = node + 8 + (<usize>f << 3);
    const offset = load<u32>(field, 4);
    const order = compareSlots(types, types + load<u32>(field), a, a + offset, isNullAt(a, f), b, b + offset, isNullAt(b, f));
    if (order != 0) return order;
  }
  return 0;
}

function compareArrays(types: usize, element: usize, a: usize, b: usize): i32 {
  const countA = load<u32>(a);
  const countB = load<u32>(b);
  const common = min<u32>(countA, countB);
  const width = packedWidth(codeOf(element));
  let slotA = arraySlots(a);
  let slotB = arraySlots(b);
  const bitsA = a + PACKED_HEADER_BYTES;
  const bitsB = b + PACKED_HEADER_BYTES;
  for (let i: u32 = 0; i < common; i++, slotA += width, slotB += width) {
    const order = compareSlots(types, element, a, slotA, isNullAt(bitsA, i), b, slotB, isNullAt(bitsB, i));
    if (order != 0) return order;
  }
  return countA == countB ? 0 : countA < countB ? -1 : 1;
}

function compareSlots(types: usize, node: usize, a: usize, slotA: usize, nullA: u32, b: usize, slotB: usize, nullB: u32): i32 {
  if ((nullA | nullB) != 0) return <i32>nullB - <i32>nullA;
  const code = load<u32>(node);
  if (code == I32) {
    const x = load<i32>(slotA);
    const y = load<i32>(slotB);
    return x == y ? 0 : x < y ? -1 : 1;
  }
  if (code == I64) return order64(load<i64>(slotA), load<i64>(slotB));
  if (code == F64) return order64(sortable_f64(load<f64>(slotA)), sortable_f64(load<f64>(slotB)));
  if (code == BOOL) return <i32>load<u8>(slotA) - <i32>load<u8>(slotB);
  if (code == I128) {
    const high = order64(load<i64>(slotA, 8), load<i64>(slotB, 8));
    if (high != 0) return high;
    const x = load<u64>(slotA);
    const y = load<u64>(slotB);
    return x == y ? 0 : x < y ? -1 : 1;
  }
  const atA = a + <usize>load<u32>(slotA);
  const atB = b + <usize>load<u32>(slotB);
  if (code != VIEW) return compareBytes(types, node, atA, atB);
  return compareText(atA, load<u32>(slotA, 4), atB, load<u32>(slotB, 4));
}

// @ts-ignore: decorator
@inline
function order64(x: i64, y: i64): i32 {
  return x == y ? 0 : x < y ? -1 : 1;
}

function compareText(a: usize, lengthA: u32, b: usize, lengthB: u32): i32 {
  const common = min<u32>(lengthA, lengthB);
  for (let i: u32 = 0; i < common; i++) {
    const x = load<u8>(a + i);
    const y = load<u8>(b + i);
    if (x != y) return x < y ? -1 : 1;
  }
  return lengthA == lengthB ? 0 : lengthA < lengthB ? -1 : 1;
}

/** Whether a map has two equal keys. Looks at all pairs: for maps whose keys were written out. */
export function packed_key_repeats(types: usize, view: usize): u32 {
  const keys = packedPart(viewBytes(view), 1);
  const node = types + load<u32>(types, 4);
  const count = load<u32>(keys);
  const slots = arraySlots(keys);
  const width = packedWidth(codeOf(node));
  for (let i: u32 = 1; i < count; i++) {
    for (let j: u32 = 0; j < i; j++) {
      if (compareSlots(types, node, keys, slots + <usize>(i * width), 0, keys, slots + <usize>(j * width), 0) == 0) return 1;
    }
  }
  return 0;
}

// ---- equal bytes for equal values

/** A copy in which every NaN is the same one and -0 is 0, so that equal values have equal bytes: what groups are made by. */
export function packed_canonical(types: usize, view: usize, out: usize, heap: usize): void {
  const length = load<u32>(view);
  const at = room(heap, length);
  memory.copy(at, viewBytes(view), length);
  canonicalBytes(types, types, at);
  finishView(heap, out, at, length);
}

function canonicalBytes(types: usize, node: usize, at: usize): void {
  const kind = load<u32>(node);
  if (kind == PACKED_ARRAY) {
    canonicalArray(types, types + load<u32>(node, 4), at);
  } else if (kind == PACKED_MAP) {
    canonicalArray(types, types + load<u32>(node, 4), packedPart(at, 1));
    canonicalArray(types, types + load<u32>(node, 8), packedPart(at, 2));
  } else {
    const count = load<u32>(node, 4);
    for (let f: u32 = 0; f < count; f++) {
      const field = node + 8 + (<usize>f << 3);
      if (isNullAt(at, f) == 0) canonicalSlot(types, types + load<u32>(field), at, at + load<u32>(field, 4));
    }
  }
}

function canonicalArray(types: usize, element: usize, at: usize): void {
  const code = load<u32>(element);
  if (code != F64 && code <= VIEW) return;
  const count = load<u32>(at);
  let slot = arraySlots(at);
  for (let i: u32 = 0; i < count; i++, slot += 8) {
    if (isNullAt(at + PACKED_HEADER_BYTES, i) == 0) canonicalSlot(types, element, at, slot);
  }
}

function canonicalSlot(types: usize, node: usize, base: usize, slot: usize): void {
  const code = load<u32>(node);
  if (code == F64) {
    const value = load<f64>(slot) + 0.0;
    store<u64>(slot, value != value ? NAN : reinterpret<u64>(value));
  } else if (code > VIEW) {
    canonicalBytes(types, node, base + <usize>load<u32>(slot));
  }
}

// ---- sort keys

// A key is bytes in whose unsigned order the values are ordered. Elements and fields begin with a byte: 0 the array ends here, 1 null, 2 a value. Numbers follow with their
// highest byte first, as unsigned; text has a 255 after each 0, and 0 0 at its end.
const END: u32 = 0;
const NOTHING: u32 = 1;
const VALUE: u32 = 2;

/** The key of a view of a nested type. */
export function packed_sort_key(types: usize, view: usize, out: usize, heap: usize): void {
  const bytes = viewBytes(view);
  const length = <u64>(keyBytes(types, types, bytes, 0, 0) - 0);
  const at = room(heap, length);
  keyBytes(types, types, bytes, at, 1);
  finishView(heap, out, at, <u32>length);
}

/** Writes, or without `write` only measures: the address behind the key. */
function keyBytes(types: usize, node: usize, at: usize, to: usize, write: u32): usize {
  const kind = load<u32>(node);
  if (kind == PACKED_ARRAY) return keyArray(types, types + load<u32>(node, 4), at, to, write);
  if (kind == PACKED_MAP) {
    to = keyArray(types, types + load<u32>(node, 4), packedPart(at, 1), to, write);
    return keyArray(types, types + load<u32>(node, 8), packedPart(at, 2), to, write);
  }
  const count = load<u32>(node, 4);
  for (let f: u32 = 0; f < count; f++) {
    const field = node + 8 + (<usize>f << 3);
    to = keySlot(types, types + load<u32>(field), at, at + load<u32>(field, 4), isNullAt(at, f), to, write);
  }
  return to;
}

function keyArray(types: usize, element: usize, at: usize, to: usize, write: u32): usize {
  const count = load<u32>(at);
  const width = packedWidth(codeOf(element));
  let slot = arraySlots(at);
  for (let i: u32 = 0; i < count; i++, slot += width) {
    to = keySlot(types, element, at, slot, isNullAt(at + PACKED_HEADER_BYTES, i), to, write);
  }
  if (write != 0) store<u8>(to, END);
  return to + 1;
}

function keySlot(types: usize, node: usize, base: usize, slot: usize, isNull: u32, to: usize, write: u32): usize {
  if (write != 0) store<u8>(to, isNull != 0 ? NOTHING : VALUE);
  to++;
  if (isNull != 0) return to;
  const code = load<u32>(node);
  if (code == I32) {
    if (write != 0) store<u32>(to, bswap<u32>(load<u32>(slot) ^ 0x80000000));
    return to + 4;
  }
  if (code == I64) return keyWord(load<i64>(slot), to, write);
  if (code == F64) return keyWord(sortable_f64(load<f64>(slot)), to, write);
  if (code == BOOL) {
    if (write != 0) store<u8>(to, load<u8>(slot));
    return to + 1;
  }
  if (code == I128) {
    to = keyWord(load<i64>(slot, 8), to, write);
    if (write != 0) store<u64>(to, bswap<u64>(load<u64>(slot)));
    return to + 8;
  }
  const at = base + <usize>load<u32>(slot);
  return code == VIEW ? keyText(at, load<u32>(slot, 4), to, write) : keyBytes(types, node, at, to, write);
}

// @ts-ignore: decorator
@inline
function keyWord(value: i64, to: usize, write: u32): usize {
  if (write != 0) store<u64>(to, bswap<u64>(<u64>value ^ 0x8000000000000000));
  return to + 8;
}

function keyText(at: usize, length: u32, to: usize, write: u32): usize {
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(at + i);
    if (write != 0) store<u8>(to, byte);
    to++;
    if (byte != 0) continue;
    if (write != 0) store<u8>(to, 255);
    to++;
  }
  if (write != 0) store<u16>(to, 0);
  return to + 2;
}
