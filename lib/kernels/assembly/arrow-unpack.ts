// Packed values (packed.ts) to the arrays that Arrow makes of them: each node of the type gets its own values, null bytes and, of lists, offsets.
//
// A node, words: 0 kind (0 a leaf, else PACKED_…), 1 entries, 2 entries that there is room for, 3 address of null bytes, 4 address of the leaf's values or the list's offsets: where each
// entry ends among the elements, 5 physical type of a leaf (PHYSICAL_CODE), 6 entries that were taken away before, 7 the least bytes that an entry more than one takes in a packed value; 0: a row has one,
// 8 nodes below; then of each: its address, and the offset of its slot in a struct or the width of the slots in a list.
// The nodes below a map are its keys and values.

import { PACKED_ARRAY, PACKED_HEADER_BYTES, PACKED_MAP, VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';
import { arraySlots, isNullAt } from './packed';
import { setView } from './utf8';

const BOOL: u32 = 1;
const I32: u32 = 2;
const I128: u32 = 4;
const VIEW: u32 = 6;

const COUNT: usize = 4;
const CAPACITY: usize = 8;
const NULLS: usize = 12;
const VALUES: usize = 16;
const PHYSICAL: usize = 20;
const BEFORE: usize = 24;
const ENTRY_BYTES: usize = 28;
const CHILDREN: usize = 32;
const FIRST_CHILD: usize = 36;
const CHILD_BYTES: usize = 8;

/**
 * Takes rows [row, row + n) of a column of views apart, references of long ones counted from `base`. `bitmap`: their validity, 0 where none is null. `nodes`: addresses of all `count` nodes. Returns how many rows there was
 * room for.
 */
export function arrowUnpack(root: usize, nodes: usize, count: u32, views: usize, base: usize, bitmap: usize, row: u32, n: u32): u32 {
  for (let k: u32 = 0; k < n; k++) {
    const view = views + <usize>(row + k) * VIEW_BYTES;
    let isNull = false;
    if (bitmap != 0) {
      const bit = row + k;
      isNull = ((<u32>load<u8>(bitmap + (bit >> 3)) >> (bit & 7)) & 1) == 0;
    }
    let length: u32 = 0;
    if (!isNull) length = load<u32>(view);
    if (!hasRoom(nodes, count, length)) return k;
    if (isNull) addNull(root);
    else addNested(root, length <= VIEW_INLINE_MAX ? view + VIEW_PREFIX : base + <usize>load<u32>(view, VIEW_REF));
  }
  return n;
}

function hasRoom(nodes: usize, count: u32, bytes: u32): bool {
  for (let k: u32 = 0; k < count; k++) {
    const node = <usize>load<u32>(nodes + (<usize>k << 2));
    const least = load<u32>(node, ENTRY_BYTES);
    const entries: u32 = least == 0 ? 1 : bytes / least + 1;
    if (load<u32>(node, CAPACITY) - load<u32>(node, COUNT) < entries) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function childOf(node: usize, i: u32): usize {
  return <usize>load<u32>(node + FIRST_CHILD + <usize>i * CHILD_BYTES);
}

/** Ends an entry of a list: its elements are there. */
// @ts-ignore: decorator
@inline
function endList(node: usize, entry: u32): void {
  const child = childOf(node, 0);
  store<u32>(<usize>load<u32>(node, VALUES) + (<usize>entry << 2), load<u32>(child, BEFORE) + load<u32>(child, COUNT));
}

/** Begins an entry; returns its number. */
// @ts-ignore: decorator
@inline
function addEntry(node: usize, isNull: u32): u32 {
  const entry = load<u32>(node, COUNT);
  store<u8>(<usize>load<u32>(node, NULLS) + entry, isNull);
  store<u32>(node, entry + 1, COUNT);
  return entry;
}

function addNull(node: usize): void {
  const kind = load<u32>(node);
  const entry = addEntry(node, 1);
  if (kind == 0) {
    const values = <usize>load<u32>(node, VALUES);
    const physical = load<u32>(node, PHYSICAL);
    if (physical == VIEW || physical == I128) v128.store(values + (<usize>entry << 4), i64x2.splat(0));
    else if (physical == I32) store<u32>(values + (<usize>entry << 2), 0);
    else if (physical == BOOL) store<u8>(values + entry, 0);
    else store<u64>(values + (<usize>entry << 3), 0);
  } else if (kind == PACKED_ARRAY || kind == PACKED_MAP) {
    endList(node, entry);
  } else {
    const children = load<u32>(node, CHILDREN);
    for (let i: u32 = 0; i < children; i++) addNull(childOf(node, i));
  }
}

/** The value of a slot of a packed value at `base`. */
function addSlot(node: usize, base: usize, slot: usize): void {
  if (load<u32>(node) != 0) {
    addNested(node, base + <usize>load<u32>(slot));
    return;
  }
  const entry = addEntry(node, 0);
  const values = <usize>load<u32>(node, VALUES);
  const physical = load<u32>(node, PHYSICAL);
  if (physical == VIEW) setView(values + (<usize>entry << 4), base + <usize>load<u32>(slot), load<u32>(slot, 4));
  else if (physical == I32) store<u32>(values + (<usize>entry << 2), load<u32>(slot));
  else if (physical == BOOL) store<u8>(values + entry, load<u8>(slot));
  else if (physical == I128) v128.store(values + (<usize>entry << 4), v128.load(slot));
  else store<u64>(values + (<usize>entry << 3), load<u64>(slot));
}

/** A packed value at `at`. */
function addNested(node: usize, at: usize): void {
  const kind = load<u32>(node);
  const entry = addEntry(node, 0);
  if (kind == PACKED_ARRAY) {
    addElements(node, 0, at);
    endList(node, entry);
  } else if (kind == PACKED_MAP) {
    const keys = at + PACKED_HEADER_BYTES;
    addElements(node, 0, keys);
    addElements(node, 1, keys + <usize>load<u32>(at));
    endList(node, entry);
  } else {
    const children = load<u32>(node, CHILDREN);
    for (let i: u32 = 0; i < children; i++) {
      const child = node + FIRST_CHILD + <usize>i * CHILD_BYTES;
      if (isNullAt(at, i) != 0) addNull(<usize>load<u32>(child));
      else addSlot(<usize>load<u32>(child), at, at + <usize>load<u32>(child, 4));
    }
  }
}

function addElements(node: usize, i: u32, array: usize): void {
  const record = node + FIRST_CHILD + <usize>i * CHILD_BYTES;
  const child = <usize>load<u32>(record);
  const width = load<u32>(record, 4);
  const count = load<u32>(array);
  const bits = array + PACKED_HEADER_BYTES;
  let slot = arraySlots(array);
  for (let k: u32 = 0; k < count; k++) {
    if (isNullAt(bits, k) != 0) addNull(child);
    else addSlot(child, array, slot);
    slot += width;
  }
}
