import { hashBytes, hashFinish, hashMix, sameBytes } from './hash';
import { allocate } from './heap';
import { VIEW_INLINE_MAX, VIEW_REF } from './layout';

// Sets of canonical values, for DISTINCT. A state's word points to a header, or is 0 while the set is empty.
// Members are dense, of `words` 8-byte words each, in order of arrival; bit w of `views` says that words w and w + 1 are a string view.
// Slots, twice as many as members have room: hash in the high half, member number + 1 in the low one.

const COUNT: u32 = 0;
const CAPACITY: u32 = 4;
const MEMBERS: u32 = 8;
const SLOTS: u32 = 12;
const HEADER_BYTES: u32 = 16;
const FIRST_CAPACITY: u32 = 4;

export function set_count(place: usize): u64 {
  const set = <usize>load<u32>(place);
  return set == 0 ? 0 : <u64>load<u32>(set, COUNT);
}

/** Address of the first member. */
export function set_members(place: usize): usize {
  const set = <usize>load<u32>(place);
  return set == 0 ? 0 : <usize>load<u32>(set, MEMBERS);
}

/** Hash of a key, strings by content. Not finished. */
export function hashKey(key: usize, words: u32, views: u32): u64 {
  let hash: u64 = 0;
  for (let w: u32 = 0; w < words; w++) {
    const at = key + (<usize>w << 3);
    hash = hashMix(hash, load<u64>(at));
    if (((views >> w) & 1) == 0) continue;
    const length = load<u32>(at);
    hash = length > VIEW_INLINE_MAX ? hashBytes(hash, <usize>load<u32>(at, VIEW_REF), length) : hashMix(hash, load<u64>(at, 8));
    w++;
  }
  return hash;
}

function sameKey(a: usize, b: usize, words: u32, views: u32): bool {
  for (let w: u32 = 0; w < words; w++) {
    const at: usize = <usize>w << 3;
    if (load<u64>(a + at) != load<u64>(b + at)) return false;
    if (((views >> w) & 1) == 0) continue;
    const length = load<u32>(a + at);
    if (length > VIEW_INLINE_MAX) {
      if (!sameBytes(<usize>load<u32>(a + at, VIEW_REF), <usize>load<u32>(b + at, VIEW_REF), length)) return false;
    } else if (load<u64>(a + at, 8) != load<u64>(b + at, 8)) return false;
    w++;
  }
  return true;
}

/** Room for `capacity` members (a power of two); those there are move. */
function resize(set: usize, heap: usize, capacity: u32, words: u32): void {
  const count = load<u32>(set, COUNT);
  const bytes = words << 3;
  const members = allocate(heap, capacity * bytes);
  const slots = allocate(heap, capacity << 4);
  memory.fill(slots, 0, capacity << 4);
  if (count != 0) {
    memory.copy(members, <usize>load<u32>(set, MEMBERS), count * bytes);
    const mask = (capacity << 1) - 1;
    const old = <usize>load<u32>(set, SLOTS);
    const end = old + (<usize>load<u32>(set, CAPACITY) << 4);
    for (let from = old; from < end; from += 8) {
      const slot = load<u64>(from);
      if (slot == 0) continue;
      let i = <u32>(slot >> 32) & mask;
      while (load<u64>(slots + (<usize>i << 3)) != 0) i = (i + 1) & mask;
      store<u64>(slots + (<usize>i << 3), slot);
    }
  }
  store<u32>(set, capacity, CAPACITY);
  store<u32>(set, <u32>members, MEMBERS);
  store<u32>(set, <u32>slots, SLOTS);
}

/** The set, with room for at least one more. */
function opened(place: usize, heap: usize, words: u32): usize {
  let set = <usize>load<u32>(place);
  if (set == 0) {
    set = allocate(heap, HEADER_BYTES);
    store<u32>(set, 0, COUNT);
    resize(set, heap, FIRST_CAPACITY, words);
    store<u64>(place, <u64>set);
  } else if (load<u32>(set, COUNT) == load<u32>(set, CAPACITY)) {
    resize(set, heap, load<u32>(set, CAPACITY) << 1, words);
  }
  return set;
}

/** Adds a key of one word. */
export function set_add_word(place: usize, heap: usize, word: u64): void {
  const set = opened(place, heap, 1);
  const hash = hashFinish(hashMix(0, word));
  const mask = (load<u32>(set, CAPACITY) << 1) - 1;
  const slots = <usize>load<u32>(set, SLOTS);
  const members = <usize>load<u32>(set, MEMBERS);
  let i = hash & mask;
  for (;;) {
    const slot = load<u64>(slots + (<usize>i << 3));
    if (slot == 0) break;
    if (<u32>(slot >> 32) == hash && load<u64>(members + (<usize>(<u32>slot - 1) << 3)) == word) return;
    i = (i + 1) & mask;
  }
  const count = load<u32>(set, COUNT);
  store<u64>(members + (<usize>count << 3), word);
  store<u64>(slots + (<usize>i << 3), (<u64>hash << 32) | <u64>(count + 1));
  store<u32>(set, count + 1, COUNT);
}

/** Adds a key of several words; bytes of long strings are copied. */
export function set_add(place: usize, heap: usize, key: usize, words: u32, views: u32): void {
  const set = opened(place, heap, words);
  const bytes = words << 3;
  const hash = hashFinish(hashKey(key, words, views));
  const mask = (load<u32>(set, CAPACITY) << 1) - 1;
  const slots = <usize>load<u32>(set, SLOTS);
  const members = <usize>load<u32>(set, MEMBERS);
  let i = hash & mask;
  for (;;) {
    const slot = load<u64>(slots + (<usize>i << 3));
    if (slot == 0) break;
    if (<u32>(slot >> 32) == hash && sameKey(members + <usize>((<u32>slot - 1) * bytes), key, words, views)) return;
    i = (i + 1) & mask;
  }
  const count = load<u32>(set, COUNT);
  const member = members + <usize>(count * bytes);
  memory.copy(member, key, bytes);
  for (let w: u32 = 0; w < words; w++) {
    if (((views >> w) & 1) == 0) continue;
    const at = member + (<usize>w << 3);
    const length = load<u32>(at);
    if (length > VIEW_INLINE_MAX) {
      const copy = allocate(heap, length);
      memory.copy(copy, <usize>load<u32>(at, VIEW_REF), length);
      store<u64>(at, <u64>copy, VIEW_REF);
    }
    w++;
  }
  store<u64>(slots + (<usize>i << 3), (<u64>hash << 32) | <u64>(count + 1));
  store<u32>(set, count + 1, COUNT);
}

/** Adds the members of another set, copying. */
export function set_merge(place: usize, from: usize, heap: usize, words: u32, views: u32): void {
  const count = <u32>set_count(from);
  let member = set_members(from);
  for (let k: u32 = 0; k < count; k++, member += words << 3) {
    if (words == 1) set_add_word(place, heap, load<u64>(member));
    else set_add(place, heap, member, words, views);
  }
}
