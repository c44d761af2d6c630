import { Random } from '../data/random.js';
import type { KernelBench } from './kernel-bench.js';
import type { KernelMemory } from './memory.js';

const TEXT_BYTES = 1 << 20;
const WORDS = 2000;
/** Different numbers in a page of them: prices have few digits, so that their doubles have bytes in common. */
const PRICES = 100_000;

export function compressionBenches(memory: KernelMemory): KernelBench[] {
  const { u8, take, kernels } = memory;
  const scratch = take(1 << 16);
  const out = take(2 * TEXT_BYTES);
  return [
    { name: 'text', bytes: words() },
    { name: 'numbers', bytes: prices() },
  ].flatMap(({ name, bytes }) => {
    const length = bytes.length;
    const text = take(length);
    u8.set(bytes, text);
    const block = (kernel: string): { at: number; end: number } => {
      const size = kernels[kernel]!(text, text + length, out, scratch);
      const at = take(size + 64);
      u8.copyWithin(at, out, out + size);
      return { at, end: at + size };
    };
    const [snappyBlock, lz4Block] = [block('snappyCompress'), block('lz4Compress')];
    return [
      {
        name: `snappy to ${name}`,
        bytes: length,
        kernel: () => kernels['snappyDecompress']!(snappyBlock.at, snappyBlock.end, out, length),
        plain: () => plainSnappy(u8, snappyBlock.at, snappyBlock.end, out),
      },
      {
        name: `lz4 to ${name}`,
        bytes: length,
        kernel: () => kernels['lz4Decompress']!(lz4Block.at, lz4Block.end, out, out, length),
        plain: () => plainLz4(u8, lz4Block.at, lz4Block.end, out),
      },
    ];
  });
}

function words(): Uint8Array {
  const random = new Random(1);
  const known = Array.from({ length: WORDS }, () => {
    const length = 2 + random.below(9);
    return Array.from({ length }, () => String.fromCharCode(97 + random.below(26))).join('');
  });
  let text = '';
  while (text.length < TEXT_BYTES) text += `${known[Math.min(random.below(WORDS), random.below(WORDS), random.below(WORDS))]} `;
  return Buffer.from(text.slice(0, TEXT_BYTES));
}

function prices(): Uint8Array {
  const random = new Random(2);
  return new Uint8Array(Float64Array.from({ length: PRICES }, () => (90_000 + random.below(10_000_000)) / 100).buffer);
}

/** An intact block, a byte at a time. */
function plainSnappy(u8: Uint8Array, start: number, end: number, out: number): void {
  let at = start;
  while (u8[at++]! >= 128);
  let to = out;
  while (at < end) {
    const tag = u8[at++]!;
    const kind = tag & 3;
    let size = tag >> 2;
    if (kind === 0) {
      if (size >= 60) {
        const extra = size - 59;
        size = 0;
        for (let i = 0; i < extra; i++) size += u8[at++]! << (8 * i);
      }
      for (let i = 0; i <= size; i++) u8[to++] = u8[at++]!;
      continue;
    }
    let distance = u8[at++]!;
    if (kind === 1) {
      distance += (tag >> 5) << 8;
      size = 3 + (size & 7);
    } else {
      distance += u8[at++]! << 8;
      if (kind === 3) distance += (u8[at++]! << 16) + (u8[at++]! << 24);
    }
    for (let i = 0; i <= size; i++, to++) u8[to] = u8[to - distance]!;
  }
}

function plainLz4(u8: Uint8Array, start: number, end: number, out: number): void {
  let at = start;
  let to = out;
  const more = (nibble: number): number => {
    let size = nibble;
    if (nibble < 15) return size;
    for (;;) {
      const byte = u8[at++]!;
      size += byte;
      if (byte !== 255) return size;
    }
  };
  while (at < end) {
    const token = u8[at++]!;
    for (let n = more(token >> 4); n > 0; n--) u8[to++] = u8[at++]!;
    if (at >= end) return;
    const distance = u8[at]! + (u8[at + 1]! << 8);
    at += 2;
    for (let n = more(token & 15) + 4; n > 0; n--, to++) u8[to] = u8[to - distance]!;
  }
}
