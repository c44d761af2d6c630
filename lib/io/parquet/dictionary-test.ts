import { PHYSICAL_WIDTH, physicalTypeOf } from '../../core/types/physical-type.js';
import type { DataType } from '../../core/types/data-type.js';
import { VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from '../../memory/layout.js';
import type { MemoryViews } from '../../memory/memory-access.js';
import type { Comparable } from './comparable.js';
import type { PreparedTest } from './statistics.js';

/** Larger dictionaries are not looked through: decoding the column costs hardly more. Numbers of 8 bytes are looked for much faster than all others. */
const TEST_MAX = 16_384;
const WHOLE_TEST_MAX = 262_144;

export function isLookedThrough(type: DataType, size: number): boolean {
  return size <= (physicalTypeOf(type) === 'i64' ? WHOLE_TEST_MAX : TEST_MAX);
}

/** Tests that the values of a dictionary are looked through for: bounds were compared before. */
export function asksDictionary({ op }: PreparedTest): boolean {
  return op === '=' || op === 'in' || op === 'starts_with';
}

/** Whether some of a dictionary's values passes. */
export function dictionaryMayPass(
  views: MemoryViews,
  address: number,
  size: number,
  type: DataType,
  test: PreparedTest,
): boolean {
  const physical = physicalTypeOf(type);
  if (physical === 'view')
    return test.values.some((value) => hasText(views, address, size, value as Uint8Array, test.op === 'starts_with'));
  if (physical === 'f64') return test.values.some((value) => hasDouble(views, address, size, value as number));
  if (physical === 'i64' && address % 8 === 0) {
    const values = views.i64.subarray(address / 8, address / 8 + size);
    return test.values.some((value) => values.includes(BigInt(value as number | bigint)));
  }
  const width = PHYSICAL_WIDTH[physical];
  return test.values.some((value) => hasWords(views, address, size, width, wordsOf(value)));
}

/** The bytes of a whole number, as 32-bit words. */
function wordsOf(value: Comparable): number[] {
  const whole = BigInt(value as number | bigint);
  return [0n, 32n, 64n, 96n].map((shift) => Number(BigInt.asIntN(32, whole >> shift)));
}

function hasWords({ i32, u8 }: MemoryViews, address: number, size: number, width: number, words: readonly number[]): boolean {
  if (width === 1) return u8.subarray(address, address + size).includes(words[0]!);
  // A dictionary in place need not be aligned.
  if (address % 4 !== 0) return true;
  const step = width / 4;
  const [first, second] = words;
  for (let i = 0, at = address >>> 2; i < size; i++, at += step) {
    if (i32[at] !== first || (step > 1 && i32[at + 1] !== second)) continue;
    if (step < 4 || (i32[at + 2] === words[2] && i32[at + 3] === words[3])) return true;
  }
  return false;
}

function hasDouble({ f64 }: MemoryViews, address: number, size: number, value: number): boolean {
  if (address % 8 !== 0) return true;
  for (let i = 0; i < size; i++) if (f64[address / 8 + i] === value) return true;
  return false;
}

function hasText({ u8, u32 }: MemoryViews, address: number, size: number, text: Uint8Array, isPrefix: boolean): boolean {
  for (let i = 0; i < size; i++) {
    const view = address + i * VIEW_BYTES;
    const length = u32[view >>> 2]!;
    if (isPrefix ? length < text.length : length !== text.length) continue;
    const at = length <= VIEW_INLINE_MAX ? view + VIEW_PREFIX : u32[(view + VIEW_REF) >>> 2]!;
    let k = 0;
    while (k < text.length && u8[at + k] === text[k]) k++;
    if (k === text.length) return true;
  }
  return false;
}
