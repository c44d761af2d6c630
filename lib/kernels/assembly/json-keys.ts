// Keys of a row. Rows of a file mostly have the same keys in the same order: the key that the last row had in a place is compared first, sixteen bytes at a
// time, and is learned anew where it differs.

import { BACKSLASH, COLON, JS_FOUND, JS_HEAP, JS_LAYOUT, JS_NAMES, JS_NAMES_MASK, QUOTE, skipSpace } from './json-record';
import { allocate } from './heap';
import { unescapeText } from './json-text';
import { equalBytes } from './utf8';

/** A slot: u32 mask of the bytes to compare, u32 how many they are, i32 column or −1, u32 the mask again, then the bytes: the key with quotes and colon. */
export const LAYOUT_SLOT_BYTES: u32 = 48;
/** Behind them lies one slot that nothing matches. */
export const LAYOUT_SLOTS: u32 = 1024;
const SLOT_MASK: u32 = 0;
const SLOT_LENGTH: u32 = 4;
const SLOT_COLUMN: u32 = 8;
const SLOT_EQUAL: u32 = 12; // in a slot that matches nothing it is not the mask
const SLOT_TEXT: u32 = 16;
const SLOT_TEXT_MAX: u32 = 32;

const NAME_BYTES: u32 = 16;

/** No slot matches anything. */
export function jsonForget(layout: u32): void {
  memory.fill(layout, 0, (LAYOUT_SLOTS + 1) * LAYOUT_SLOT_BYTES);
  for (let i: u32 = 0; i <= LAYOUT_SLOTS; i++) {
    store<u32>(layout + i * LAYOUT_SLOT_BYTES, 1, SLOT_EQUAL);
  }
}

// @ts-ignore: decorator
@inline
export function slotMatches(slot: u32, at: u32): bool {
  const mask = load<u32>(slot, SLOT_MASK);
  const low = <u32>i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(slot, SLOT_TEXT)));
  if (mask <= 0xffff) return (low & mask) == load<u32>(slot, SLOT_EQUAL);
  const high = <u32>i8x16.bitmask(i8x16.eq(v128.load(at, 16), v128.load(slot, SLOT_TEXT + 16)));
  return ((low | (high << 16)) & mask) == load<u32>(slot, SLOT_EQUAL);
}

// @ts-ignore: decorator
@inline
export function slotLength(slot: u32): u32 {
  return load<u32>(slot, SLOT_LENGTH);
}

// @ts-ignore: decorator
@inline
export function slotColumn(slot: u32): i32 {
  return load<i32>(slot, SLOT_COLUMN);
}

/** The slot behind a slot; the last one stays. */
// @ts-ignore: decorator
@inline
export function nextSlot(slot: u32, last: u32): u32 {
  return slot == last ? slot : slot + LAYOUT_SLOT_BYTES;
}

export function jsonNameHash(at: u32, length: u32): u32 {
  let hash: u32 = 0x811c9dc5 ^ length;
  for (let i: u32 = 0; i < length; i++) hash = (hash ^ <u32>load<u8>(at + i)) * 0x01000193;
  return hash ^ (hash >> 15);
}

function columnOf(r: usize, at: u32, length: u32): i32 {
  const names = load<u32>(r, JS_NAMES);
  const mask = load<u32>(r, JS_NAMES_MASK);
  const hash = jsonNameHash(at, length);
  let i = hash & mask;
  while (true) {
    const entry = names + i * NAME_BYTES;
    const name = load<u32>(entry, 4);
    if (name == 0) return -1;
    if (load<u32>(entry) == hash) {
      if (load<u32>(entry, 8) == length) {
        if (equalBytes(name, at, length)) return load<i32>(entry, 12);
      }
    }
    i = (i + 1) & mask;
  }
}

/** Reads a key at `at` that ends before `stop`, with its colon; its column goes to JS_FOUND. Returns the address behind the colon, 0 if there is no key. */
export function findKey(r: usize, at: u32, stop: u32, slot: u32): u32 {
  if (<u32>load<u8>(at) != QUOTE) return 0;
  let end = at + 1;
  let escaped = false;
  while (end < stop) {
    const byte = <u32>load<u8>(end);
    if (byte == QUOTE) break;
    if (byte == BACKSLASH) {
      escaped = true;
      end++;
    }
    end++;
  }
  if (end >= stop) return 0;
  const colon = skipSpace(end + 1, stop);
  if (colon >= stop || <u32>load<u8>(colon) != COLON) return 0;
  let name = at + 1;
  let length = end - name;
  if (escaped) {
    const out = <u32>allocate(load<u32>(r, JS_HEAP), length + 16);
    const bytes = unescapeText(out, name, end);
    if (bytes < 0) return 0;
    name = out;
    length = <u32>bytes;
  }
  const column = columnOf(r, name, length);
  store<i32>(r, column, JS_FOUND);
  if (!escaped && colon == end + 1 && length + 3 <= SLOT_TEXT_MAX) {
    if (slot != load<u32>(r, JS_LAYOUT) + LAYOUT_SLOTS * LAYOUT_SLOT_BYTES) {
      const bytes = length + 3;
      const mask: u32 = bytes == 32 ? 0xffffffff : (1 << bytes) - 1;
      store<u32>(slot, mask, SLOT_MASK);
      store<u32>(slot, mask, SLOT_EQUAL);
      store<u32>(slot, bytes, SLOT_LENGTH);
      store<i32>(slot, column, SLOT_COLUMN);
      memory.copy(slot + SLOT_TEXT, at, bytes);
    }
  }
  return colon + 1;
}
