// Packed values (packed.ts) to the values and levels of Parquet's leaf columns.
//
// A node of the type's plan, words: 0 kind: 0 a leaf, else PACKED_…; then
//   leaf:   1 address of its record
//   array:  1 the element's node, 2 whether elements are optional, 3 bytes of their slots, 4 repetition level
//   map:    1 the keys' node (an array), 2 the values' (an array); both arrays of one list, so their levels are the same
//   struct: 1 fields; then of each: node, whether it is optional, offset of its slot
// Nodes are addresses. A leaf's record, words: 0 values' address, 1 definition levels', 2 repetition levels', 3 values, 4 entries (values and what stands for nulls and
// empty lists), 5 entries that there is room for, 6 physical type (PHYSICAL_CODE), 7 the least bytes that an entry more than one takes in a packed value; 0: a row has one.

import { PACKED_ARRAY, PACKED_HEADER_BYTES, PACKED_MAP, VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';
import { arraySlots, isNullAt } from './packed';
import { setView } from './utf8';

const LEAF: u32 = 0;
const BOOL: u32 = 1;
const I32: u32 = 2;
const I128: u32 = 4;
const VIEW: u32 = 6;

const COUNT: usize = 12;
const ENTRIES: usize = 16;
const CAPACITY: usize = 20;
const PHYSICAL: usize = 24;
const ENTRY_BYTES: usize = 28;
const FIELDS: usize = 8;
const FIELD_BYTES: usize = 12;

/**
 * Shreds rows [row, row + n) of a column of views, references of long ones counted from `base`. `bitmap`: their validity, 0 where none is null; `definition`: 1 where the column is
 * optional. `records`: addresses of the `leaves` leaves' records. Returns how many rows there was room for.
 */
export function shredPacked(
  root: usize, records: usize, leaves: u32, views: usize, base: usize, bitmap: usize, row: u32, n: u32, definition: u32,
): u32 {
  for (let k: u32 = 0; k < n; k++) {
    const view = views + <usize>(row + k) * VIEW_BYTES;
    if (bitmap != 0) {
      const bit = row + k;
      if (((<u32>load<u8>(bitmap + (bit >> 3)) >> (bit & 7)) & 1) == 0) {
        if (!hasRoom(records, leaves, 0)) return k;
        shredNull(root, 0, 0);
        continue;
      }
    }
    const length = load<u32>(view);
    if (!hasRoom(records, leaves, length)) return k;
    shredNested(root, length <= VIEW_INLINE_MAX ? view + VIEW_PREFIX : base + <usize>load<u32>(view, VIEW_REF), definition, 0);
  }
  return n;
}

function hasRoom(records: usize, leaves: u32, bytes: u32): bool {
  for (let k: u32 = 0; k < leaves; k++) {
    const record = <usize>load<u32>(records + (<usize>k << 2));
    const least = load<u32>(record, ENTRY_BYTES);
    const entries: u32 = least == 0 ? 1 : bytes / least + 1;
    if (load<u32>(record, CAPACITY) - load<u32>(record, ENTRIES) < entries) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function addEntry(record: usize, definition: u32, repetition: u32): void {
  const entry = load<u32>(record, ENTRIES);
  store<u8>(<usize>load<u32>(record, 4) + entry, definition);
  store<u8>(<usize>load<u32>(record, 8) + entry, repetition);
  store<u32>(record, entry + 1, ENTRIES);
}

/** Nothing is there: an entry in each leaf below. */
function shredNull(node: usize, definition: u32, repetition: u32): void {
  const kind = load<u32>(node);
  if (kind == LEAF) {
    addEntry(<usize>load<u32>(node, 4), definition, repetition);
  } else if (kind == PACKED_ARRAY) {
    shredNull(<usize>load<u32>(node, 4), definition, repetition);
  } else if (kind == PACKED_MAP) {
    shredNull(<usize>load<u32>(node, 4), definition, repetition);
    shredNull(<usize>load<u32>(node, 8), definition, repetition);
  } else {
    const end = node + FIELDS + <usize>load<u32>(node, 4) * FIELD_BYTES;
    for (let field = node + FIELDS; field < end; field += FIELD_BYTES) shredNull(<usize>load<u32>(field), definition, repetition);
  }
}

/** The value of a slot of a packed value at `base`. */
function shredSlot(node: usize, base: usize, slot: usize, definition: u32, repetition: u32): void {
  if (load<u32>(node) != LEAF) {
    shredNested(node, base + <usize>load<u32>(slot), definition, repetition);
    return;
  }
  const record = <usize>load<u32>(node, 4);
  const values = <usize>load<u32>(record);
  const count = load<u32>(record, COUNT);
  const physical = load<u32>(record, PHYSICAL);
  if (physical == VIEW) setView(values + (<usize>count << 4), base + <usize>load<u32>(slot), load<u32>(slot, 4));
  else if (physical == I32) store<u32>(values + (<usize>count << 2), load<u32>(slot));
  else if (physical == BOOL) store<u8>(values + count, load<u8>(slot));
  else if (physical == I128) v128.store(values + (<usize>count << 4), v128.load(slot));
  else store<u64>(values + (<usize>count << 3), load<u64>(slot));
  store<u32>(record, count + 1, COUNT);
  addEntry(record, definition, repetition);
}

/** A packed value at `at`. */
function shredNested(node: usize, at: usize, definition: u32, repetition: u32): void {
  const kind = load<u32>(node);
  if (kind == PACKED_ARRAY) {
    shredArray(node, at, definition, repetition);
  } else if (kind == PACKED_MAP) {
    const keys = at + PACKED_HEADER_BYTES;
    shredArray(<usize>load<u32>(node, 4), keys, definition, repetition);
    shredArray(<usize>load<u32>(node, 8), keys + <usize>load<u32>(at), definition, repetition);
  } else {
    const fields = load<u32>(node, 4);
    for (let i: u32 = 0; i < fields; i++) {
      const field = node + FIELDS + <usize>i * FIELD_BYTES;
      if (isNullAt(at, i) != 0) shredNull(<usize>load<u32>(field), definition, repetition);
      else shredSlot(<usize>load<u32>(field), at, at + <usize>load<u32>(field, 8), definition + load<u32>(field, 4), repetition);
    }
  }
}

function shredArray(node: usize, at: usize, definition: u32, repetition: u32): void {
  const element = <usize>load<u32>(node, 4);
  const count = load<u32>(at);
  if (count == 0) {
    shredNull(element, definition, repetition);
    return;
  }
  const bits = at + PACKED_HEADER_BYTES;
  const present = definition + 1 + load<u32>(node, 8);
  const width = load<u32>(node, 12);
  const again = load<u32>(node, 16);
  let slot = arraySlots(at);
  let level = repetition;
  for (let i: u32 = 0; i < count; i++) {
    if (isNullAt(bits, i) != 0) shredNull(element, definition + 1, level);
    else shredSlot(element, at, slot, present, level);
    slot += width;
    level = again;
  }
}
