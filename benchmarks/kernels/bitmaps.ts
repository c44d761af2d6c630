import { Random } from '../data/random.js';
import type { KernelBench } from './kernel-bench.js';
import type { KernelMemory } from './memory.js';

const ROWS = 2048;
/** Enough batches for a call that a clock can see. */
const BATCHES = 64;
const NULL_SHARE = 10;

export function bitmapBenches({ kernels, u8, take }: KernelMemory): KernelBench[] {
  const nulls = take(ROWS);
  const bitmap = take(ROWS / 8);
  const random = new Random(1);
  for (let row = 0; row < ROWS; row++) u8[nulls + row] = random.below(NULL_SHARE) === 0 ? 1 : 0;
  const times = (work: () => void) => (): void => {
    for (let batch = 0; batch < BATCHES; batch++) work();
  };
  const bytes = BATCHES * (ROWS + ROWS / 8);
  return [
    {
      name: 'null bytes to bitmap',
      bytes,
      kernel: times(() => kernels['bitmapAppend']!(nulls, 0, ROWS, bitmap, 0)),
      plain: times(() => packBits(u8, nulls, bitmap)),
    },
    {
      name: 'bitmap to null bytes',
      bytes,
      kernel: times(() => kernels['bitmapToNulls']!(bitmap, 0, ROWS, nulls)),
      plain: times(() => unpackBits(u8, bitmap, nulls)),
    },
  ];
}

function packBits(u8: Uint8Array, nulls: number, bitmap: number): void {
  for (let at = 0; at < ROWS / 8; at++) {
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) byte |= (u8[nulls + at * 8 + bit]! ^ 1) << bit;
    u8[bitmap + at] = byte;
  }
}

function unpackBits(u8: Uint8Array, bitmap: number, nulls: number): void {
  for (let row = 0; row < ROWS; row++) u8[nulls + row] = ((u8[bitmap + (row >> 3)]! >> (row & 7)) & 1) ^ 1;
}
