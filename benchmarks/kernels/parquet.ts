import { deltaEncoded } from '../../lib/kernels/reference/parquet.js';
import { Random } from '../data/random.js';
import type { KernelBench } from './kernel-bench.js';
import type { KernelMemory } from './memory.js';

const ROWS = 2048;
/** Batches a call, so that a clock can see it: what a page has. */
const BATCHES = 16;
const ALL = ROWS * BATCHES;
const STATE_BYTES = 64;
const NULL_SHARE = 10;

/** Steps of reading a Parquet column, a page of 16 batches at a time. The plain loops are what one would write over typed arrays. */
export function parquetBenches(memory: KernelMemory): KernelBench[] {
  return [...packed(memory), ...rows(memory), ...plain(memory), ...deltas(memory)];
}

function packed({ kernels, u8, take }: KernelMemory): KernelBench[] {
  const state = take(STATE_BYTES);
  const out = take(4 * ALL);
  const values = new Uint32Array(u8.buffer, out, ALL);
  return [1, 4, 12, 18].map((width) => {
    const random = new Random(width);
    const source = take(4 * ALL + 16);
    const indices = take(4 * ALL);
    new Uint32Array(u8.buffer, indices, ALL).forEach((_, i, all) => (all[i] = random.below(2 ** width)));
    const size = kernels['hybridEncode']!(indices, ALL, width, source);
    const packedBytes = (ALL / 8) * width;
    const bare = take(packedBytes + 8);
    // The same bits without headers, which the plain loop leaves out.
    for (let group = 0, from = source; group < ALL / 8; from++) {
      const groups = Math.min(63, ALL / 8 - group);
      u8.copyWithin(bare + group * width, from + 1, from + 1 + groups * width);
      group += groups;
      from += groups * width;
    }
    return {
      name: `unpack ${width} bits`,
      bytes: packedBytes + 4 * ALL,
      kernel: () => {
        kernels['hybridBegin']!(state, source, source + size, width);
        for (let batch = 0; batch < BATCHES; batch++) kernels['hybridDecode']!(state, out + batch * 4 * ROWS, ROWS);
      },
      plain: () => unpackPlain(u8, bare, width, values),
    };
  });
}

function unpackPlain(u8: Uint8Array, from: number, width: number, values: Uint32Array): void {
  let word = 0;
  let bits = 0;
  let at = from;
  const mask = 2 ** width - 1;
  for (let i = 0; i < values.length; i++) {
    while (bits < width) {
      word |= u8[at++]! << bits;
      bits += 8;
    }
    values[i] = word & mask;
    word >>>= width;
    bits -= width;
  }
}

function rows({ kernels, u8, take }: KernelMemory): KernelBench[] {
  const random = new Random(5);
  const [levels, nulls, indices, dictionary, dense, out] = [
    take(ALL),
    take(ALL),
    take(4 * ALL),
    take(8 * 4096),
    take(8 * ALL + 16),
    take(8 * ALL),
  ];
  const indexValues = new Uint32Array(u8.buffer, indices, ALL);
  const f64 = (at: number, length: number): Float64Array => new Float64Array(u8.buffer, at, length);
  const [dictionaryValues, denseValues, outValues] = [f64(dictionary, 4096), f64(dense, ALL), f64(out, ALL)];
  for (let row = 0; row < ALL; row++) {
    u8[levels + row] = random.below(NULL_SHARE) === 0 ? 0 : 1;
    indexValues[row] = random.below(4096);
  }
  const batches = (work: (row: number) => void) => (): void => {
    for (let row = 0; row < ALL; row += ROWS) work(row);
  };
  const count = kernels['levelsToNulls']!(levels, ROWS, 1, nulls);
  kernels['levelsToNulls']!(levels, ALL, 1, nulls);
  return [
    {
      name: 'levels to null bytes',
      bytes: 2 * ALL,
      kernel: batches((row) => kernels['levelsToNulls']!(levels + row, ROWS, 1, nulls + row)),
      plain: () => {
        for (let row = 0; row < ALL; row++) u8[nulls + row] = u8[levels + row] === 1 ? 0 : 1;
      },
    },
    {
      name: 'dictionary of doubles',
      bytes: 20 * ALL,
      kernel: batches((row) => kernels['gatherValues']!(dictionary, 4096, indices + 4 * row, ROWS, 3, out + 8 * row)),
      plain: () => {
        for (let row = 0; row < ALL; row++) outValues[row] = dictionaryValues[indexValues[row]!]!;
      },
    },
    {
      name: 'values to rows with nulls',
      bytes: 17 * ALL,
      kernel: batches((row) => kernels['expandValues']!(dense, count, nulls, ROWS, 3, out + 8 * row)),
      plain: () => {
        let next = 0;
        for (let row = 0; row < ALL; row++) outValues[row] = u8[nulls + row] === 0 ? denseValues[next++]! : 0;
      },
    },
  ];
}

function plain({ kernels, u8, take }: KernelMemory): KernelBench[] {
  const random = new Random(6);
  const source = take(40 * ALL + 16);
  const out = take(16 * ALL);
  const words = new Uint32Array(u8.buffer, out, 4 * ALL);
  let end = source;
  for (let row = 0; row < ALL; row++) {
    const length = 4 + random.below(30);
    u8[end] = length;
    u8.fill(97, end + 4, end + 4 + length);
    end += 4 + length;
  }
  return [
    {
      name: 'plain strings to views',
      bytes: end - source + 16 * ALL,
      kernel: () => kernels['plainViews']!(source, end, ALL, out),
      plain: () => {
        let at = source;
        for (let row = 0; row < ALL; row++) {
          const length = u8[at]! | (u8[at + 1]! << 8) | (u8[at + 2]! << 16) | (u8[at + 3]! << 24);
          at += 4;
          words[4 * row] = length;
          if (length > 12) {
            words[4 * row + 1] = u8[at]! | (u8[at + 1]! << 8) | (u8[at + 2]! << 16) | (u8[at + 3]! << 24);
            words[4 * row + 2] = at;
            words[4 * row + 3] = 0;
          } else {
            words.fill(0, 4 * row + 1, 4 * row + 4);
            for (let i = 0; i < length; i++) u8[out + 16 * row + 4 + i] = u8[at + i]!;
          }
          at += length;
        }
      },
    },
  ];
}

function deltas({ kernels, u8, take }: KernelMemory): KernelBench[] {
  const random = new Random(7);
  const [state, out] = [take(STATE_BYTES), take(8 * ALL)];
  const [longs, outLongs] = [new BigInt64Array(ALL), new BigInt64Array(u8.buffer, out, ALL)];
  let last = 0;
  for (let row = 0; row < ALL; row++) {
    last += random.below(1000);
    longs[row] = BigInt(last);
  }
  const encoded = deltaEncoded(Array.from(longs));
  const source = take(encoded.length + 16);
  u8.set(encoded, source);
  const differences = Float64Array.from(longs, (value, i) => (i === 0 ? 0 : Number(value - longs[i - 1]!)));
  return [
    {
      name: 'deltas of 10 bits',
      bytes: encoded.length + 8 * ALL,
      kernel: () => {
        kernels['deltaBegin']!(state, source, source + encoded.length);
        for (let batch = 0; batch < BATCHES; batch++) kernels['deltaDecode64']!(state, out + batch * 8 * ROWS, ROWS);
      },
      // Unpacked already, and only added.
      plain: () => {
        let sum = 0;
        for (let row = 0; row < ALL; row++) outLongs[row] = BigInt((sum += differences[row]!));
      },
    },
  ];
}
