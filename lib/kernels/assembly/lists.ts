import { allocate } from './heap';
import { HEAP_END, HEAP_NEXT } from './layout';
import { set_count, set_members } from './sets';

// Lists of doubles, for the median. A state's word points to a header, or is 0 while the list is empty.
// Doubles are kept as integers that sort like them, NaN last.

const COUNT: u32 = 0;
const CAPACITY: u32 = 4;
const VALUES: u32 = 8;
const HEADER_BYTES: u32 = 16;
const FIRST_CAPACITY: u32 = 4;

/** A double as an integer in the same order. */
export function sortable_f64(value: f64): i64 {
  const bits = value != value ? 0x7ff8000000000000 : reinterpret<i64>(value + 0.0);
  return bits ^ <i64>(<u64>(bits >> 63) >> 1);
}

// @ts-ignore: decorator
@inline
function doubleOf(key: i64): f64 {
  return reinterpret<f64>(key ^ <i64>(<u64>(key >> 63) >> 1));
}

/** The list, with room for `more` values. One that ends where the heap does grows in place. */
function opened(place: usize, heap: usize, more: u32): usize {
  let list = <usize>load<u32>(place);
  if (list == 0) {
    const first = max<u32>(FIRST_CAPACITY, more);
    list = allocate(heap, HEADER_BYTES);
    store<u32>(list, 0, COUNT);
    store<u32>(list, first, CAPACITY);
    store<u32>(list, <u32>allocate(heap, first << 3), VALUES);
    store<u64>(place, <u64>list);
    return list;
  }
  const count = load<u32>(list, COUNT);
  const capacity = load<u32>(list, CAPACITY);
  if (count + more <= capacity) return list;
  const wanted = max<u32>(capacity << 1, count + more);
  const values = <usize>load<u32>(list, VALUES);
  const next = load<u32>(heap, HEAP_NEXT);
  const extra = (wanted - capacity) << 3;
  if (<u32>values + (capacity << 3) == next && extra <= load<u32>(heap, HEAP_END) - next) {
    allocate(heap, extra);
  } else {
    // More than the address space holds: asked for all the same, so that the host says so.
    const moved = allocate(heap, wanted < 1 << 29 ? wanted << 3 : 0xfffffff0);
    memory.copy(moved, values, count << 3);
    store<u32>(list, <u32>moved, VALUES);
  }
  store<u32>(list, wanted, CAPACITY);
  return list;
}

export function list_add(place: usize, heap: usize, value: f64): void {
  const list = opened(place, heap, 1);
  const count = load<u32>(list, COUNT);
  store<i64>(<usize>load<u32>(list, VALUES) + (<usize>count << 3), sortable_f64(value));
  store<u32>(list, count + 1, COUNT);
}

/** Adds the values of another list, copying. */
export function list_merge(place: usize, from: usize, heap: usize): void {
  const other = <usize>load<u32>(from);
  if (other == 0) return;
  const more = load<u32>(other, COUNT);
  const list = opened(place, heap, more);
  const count = load<u32>(list, COUNT);
  memory.copy(<usize>load<u32>(list, VALUES) + (<usize>count << 3), <usize>load<u32>(other, VALUES), more << 3);
  store<u32>(list, count + more, COUNT);
}

/** The mean of the middle two; 0 of an empty list. Reorders it. */
export function list_median(place: usize): f64 {
  const list = <usize>load<u32>(place);
  return list == 0 ? 0 : middle(<usize>load<u32>(list, VALUES), load<u32>(list, COUNT));
}

/** The same of a set of sortable words, which takes no more members after this. */
export function set_median(place: usize): f64 {
  const count = <u32>set_count(place);
  return count == 0 ? 0 : middle(set_members(place), count);
}

function middle(values: usize, count: u32): f64 {
  const half = count >> 1;
  const upper = doubleOf(select_rank(values, count, half));
  if ((count & 1) != 0) return upper;
  // What lies before the middle is not more than it: the other one is its largest.
  let best = load<i64>(values);
  for (let i: u32 = 1; i < half; i++) best = max<i64>(best, load<i64>(values + (<usize>i << 3)));
  const lower = doubleOf(best);
  return lower == upper ? upper : 0.5 * lower + 0.5 * upper;
}

/** Moves the value of this rank to its place, smaller or equal ones before it. Quickselect by Hoare's scheme, the pivot of three. */
function select_rank(values: usize, count: u32, rank: u32): i64 {
  const target = values + (<usize>rank << 3);
  let low = values;
  let high = values + (<usize>(count - 1) << 3);
  while (low < high) {
    const a = load<i64>(low);
    const b = load<i64>(low + (((high - low) >> 4) << 3));
    const c = load<i64>(high);
    const pivot = max<i64>(min<i64>(a, b), min<i64>(max<i64>(a, b), c));
    let i = low;
    let j = high;
    while (i <= j) {
      while (load<i64>(i) < pivot) i += 8;
      while (load<i64>(j) > pivot) j -= 8;
      if (i > j) break;
      const x = load<i64>(i);
      store<i64>(i, load<i64>(j));
      store<i64>(j, x);
      i += 8;
      j -= 8;
    }
    if (target <= j) high = j;
    else if (target >= i) low = i;
    else break;
  }
  return load<i64>(target);
}
