import { hashMix } from './hash';
import { allocate } from './heap';
import { hashKey } from './sets';

// HyperLogLog: 2^p registers of one byte, with the improved estimator of Ertl (2017), good from one value on without tables of corrections.
// A state's word points to the registers, or is 0 before the first value.

function registers(place: usize, heap: usize, p: u32): usize {
  let at = <usize>load<u32>(place);
  if (at == 0) {
    at = allocate(heap, 1 << p);
    memory.fill(at, 0, 1 << p);
    store<u64>(place, <u64>at);
  }
  return at;
}

function note(at: usize, mixed: u64, p: u32): void {
  // Every bit of the hash counts here: two more rounds.
  let hash = (mixed ^ (mixed >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  hash ^= hash >> 33;
  const register = at + <usize>(hash >> (64 - p));
  const rank = <u32>clz<u64>((hash << p) | ((<u64>1) << (p - 1))) + 1;
  if (rank > <u32>load<u8>(register)) store<u8>(register, rank);
}

/** Adds a value of one canonical word. */
export function hll_add_word(place: usize, heap: usize, word: u64, p: u32): void {
  note(registers(place, heap, p), hashMix(0, word), p);
}

/** Adds a value of several words (sets.ts). */
export function hll_add(place: usize, heap: usize, key: usize, words: u32, views: u32, p: u32): void {
  note(registers(place, heap, p), hashKey(key, words, views), p);
}

export function hll_merge(place: usize, from: usize, heap: usize, p: u32): void {
  const other = <usize>load<u32>(from);
  if (other == 0) return;
  const at = registers(place, heap, p);
  const bytes: usize = 1 << p;
  for (let i: usize = 0; i < bytes; i += 16) v128.store(at + i, v128.max<u8>(v128.load(at + i), v128.load(other + i)));
}

/** Distinct values, nearly. */
export function hll_count(place: usize, p: u32): u64 {
  const at = <usize>load<u32>(place);
  if (at == 0) return 0;
  const bytes: usize = 1 << p;
  const m = <f64>(<u32>bytes);
  const q: u32 = 64 - p;
  let zeros: u32 = 0;
  let full: u32 = 0;
  let sum: f64 = 0;
  for (let i: usize = 0; i < bytes; i++) {
    const rank = <u32>load<u8>(at + i);
    if (rank == 0) zeros++;
    else if (rank > q) full++;
    else sum += power(rank);
  }
  sum += m * tau(1.0 - <f64>full / m) * power(q) + m * sigma(<f64>zeros / m);
  return <u64>nearest<f64>((0.7213475204444817 * m * m) / sum);
}

/** 2^−n */
// @ts-ignore: decorator
@inline
function power(n: u32): f64 {
  return reinterpret<f64>((<u64>(1023 - n)) << 52);
}

function sigma(x: f64): f64 {
  if (x == 1) return Infinity;
  let y: f64 = 1;
  let z = x;
  let before: f64;
  do {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  } while (z != before);
  return z;
}

function tau(x: f64): f64 {
  if (x == 0 || x == 1) return 0;
  let y: f64 = 1;
  let z = 1 - x;
  let before: f64;
  do {
    x = sqrt<f64>(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  } while (z != before);
  return z / 3;
}
