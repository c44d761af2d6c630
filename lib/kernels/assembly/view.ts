import { allocate } from './heap';
import { sameBytes } from './hash';
import { VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from './layout';

// Comparing and keeping string views (layout.ts).

/** Where the bytes are. */
// @ts-ignore: decorator
@inline
export function viewBytes(view: usize): usize {
  return load<u32>(view) <= VIEW_INLINE_MAX ? view + VIEW_PREFIX : <usize>load<u32>(view, VIEW_REF);
}

/** For views whose first eight bytes (length and prefix) are alike. */
export function view_equal(a: usize, b: usize): bool {
  const length = load<u32>(a);
  if (length != load<u32>(b)) return false;
  return sameBytes(viewBytes(a), viewBytes(b), length);
}

/** −1, 0, 1 by unsigned bytes, a prefix first. */
export function view_compare(a: usize, b: usize): i32 {
  const prefixA = bswap<u32>(load<u32>(a, VIEW_PREFIX));
  const prefixB = bswap<u32>(load<u32>(b, VIEW_PREFIX));
  if (prefixA != prefixB) return prefixA < prefixB ? -1 : 1;
  const lengthA = load<u32>(a);
  const lengthB = load<u32>(b);
  const common = min<u32>(lengthA, lengthB);
  const atA = viewBytes(a);
  const atB = viewBytes(b);
  let i: u32 = 0;
  for (; i + 8 <= common; i += 8) {
    const x = load<u64>(atA + i);
    const y = load<u64>(atB + i);
    if (x != y) return bswap<u64>(x) < bswap<u64>(y) ? -1 : 1;
  }
  for (; i < common; i++) {
    const x = load<u8>(atA + i);
    const y = load<u8>(atB + i);
    if (x != y) return x < y ? -1 : 1;
  }
  return lengthA == lengthB ? 0 : lengthA < lengthB ? -1 : 1;
}

/** Copies a view and its bytes; `place` holds zeros or a view kept earlier, whose bytes are written over where they have room. */
export function view_keep(place: usize, source: usize, heap: usize): void {
  const length = load<u32>(source);
  if (length <= VIEW_INLINE_MAX) {
    // A later, longer view allocates anew: what the place held is forgotten.
    v128.store(place, v128.load(source));
    return;
  }
  const held = load<u32>(place);
  const bytes = held > VIEW_INLINE_MAX && ((held + 7) & ~7) >= length ? <usize>load<u32>(place, VIEW_REF) : allocate(heap, length);
  memory.copy(bytes, load<u32>(source, VIEW_REF), length);
  store<u64>(place, load<u64>(source));
  store<u64>(place, <u64>bytes, VIEW_REF);
}

/** Whether a sorted table of `count` views holds this string. References of long ones are offsets from the table's start. */
export function view_search(view: usize, table: usize, count: u32): bool {
  let low: u32 = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compareWithEntry(view, table + (<usize>middle << 4), table);
    if (order == 0) return true;
    if (order < 0) high = middle;
    else low = middle + 1;
  }
  return false;
}

function compareWithEntry(view: usize, entry: usize, table: usize): i32 {
  const lengthA = load<u32>(view);
  const lengthB = load<u32>(entry);
  const atA = viewBytes(view);
  const atB = lengthB <= VIEW_INLINE_MAX ? entry + VIEW_PREFIX : table + <usize>load<u32>(entry, VIEW_REF);
  const common = min<u32>(lengthA, lengthB);
  for (let i: u32 = 0; i < common; i++) {
    const x = load<u8>(atA + i);
    const y = load<u8>(atB + i);
    if (x != y) return x < y ? -1 : 1;
  }
  return lengthA == lengthB ? 0 : lengthA < lengthB ? -1 : 1;
}
