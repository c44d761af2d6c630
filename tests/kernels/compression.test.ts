import * as assert from 'uvu/assert';
import { lz4Text, snappyText } from '../../lib/kernels/reference/compression.js';
import { seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';
import { mutate } from './mutate.js';
import { bytesAt, checkSpans, kernel, resetSpans, setBytes, span } from './spans.js';

const test = suite('kernels: compression');
const LENGTHS = [
  0, 1, 2, 3, 4, 5, 11, 12, 13, 14, 15, 16, 17, 31, 59, 60, 61, 62, 63, 64, 65, 95, 96, 97, 127, 128, 129, 255, 256, 257, 300,
  1000,
];
const LONG = [65535, 65536, 65537, 200_000];

/** Texts whose parts repeat at all distances, near ones and overlapping ones too. */
function textOf(length: number, random: Random): Uint8Array {
  const out = new Uint8Array(length);
  const letters = random.pick([1, 2, 4, 26, 256]);
  const repeats = random.pick([0, 0.3, 0.8, 0.98]);
  for (let at = 0; at < length;) {
    const size = random.bool(0.1) ? random.between(1, 400) : random.between(1, 20);
    const distance = random.bool() ? random.between(1, 40) : random.between(1, 70_000);
    const copied = random.bool(repeats) && distance <= at;
    for (let i = 0; i < size && at < length; i++, at++) out[at] = copied ? out[at - distance]! : random.below(letters);
  }
  return out;
}

/** As assert.equal, which looks at every byte by itself. */
function assertBytes(actual: Uint8Array | undefined, expected: Uint8Array | undefined, what = 'bytes'): void {
  if (actual === undefined || expected === undefined) assert.is(actual, expected, what);
  else assert.is(Buffer.compare(actual, expected), 0, what);
}

type Decompress = (block: Uint8Array, capacity: number) => Uint8Array | undefined;

/** A kernel as a function of bytes; ran twice with other bytes around, which must not matter. */
function decompressor(
  name: string,
  args: (source: number, sourceEnd: number, out: number, capacity: number) => number[],
): Decompress {
  return (block, capacity) => {
    const [first, second] = [0xa5, 0x00].map((guard) => {
      resetSpans(guard);
      const source = span(block);
      const out = span(capacity);
      const written = kernel(name)(...args(source.at, source.end, out.at, capacity));
      checkSpans(name);
      assertBytes(bytesAt(source.at, block.length), Uint8Array.from(block), 'the source is left alone');
      return written === -1 ? undefined : bytesAt(out.at, written);
    });
    assertBytes(first, second, 'what lies around does not matter');
    return first;
  };
}

const snappyKernel = decompressor('snappyDecompress', (...args) => args);
const lz4Kernel = decompressor('lz4Decompress', (source, end, out, capacity) => [source, end, out, out, capacity]);

function compress(name: string, text: Uint8Array): Uint8Array {
  resetSpans();
  const source = span(text);
  const out = span(kernel(`${name}Bound`)(text.length));
  const scratch = span(new Uint8Array(name === 'snappy' ? 32768 : 65536).fill(0x77));
  const length = kernel(`${name}Compress`)(source.at, source.end, out.at, scratch.at);
  checkSpans(`${name} of ${text.length}`);
  assert.ok(out.at + length <= out.end);
  return bytesAt(out.at, length);
}

test('compressed texts come back', () => {
  const random = seededRandom('compression');
  for (const length of [...LENGTHS, ...LENGTHS, ...LENGTHS, ...LONG]) {
    const text = textOf(length, random);
    const snappy = compress('snappy', text);
    assertBytes(snappyKernel(snappy, length), text);
    assertBytes(snappyText(snappy, length), text);
    assert.is(kernelLength(snappy), length);
    const lz4 = compress('lz4', text);
    assertBytes(lz4Kernel(lz4, length), text);
    assertBytes(lz4Text(lz4, length), text);
    assertBytes(lz4Kernel(lz4, length + 100), text, 'more room than text');
  }
});

function kernelLength(block: Uint8Array): number {
  resetSpans();
  const source = span(block);
  return kernel('snappyLength')(source.at, source.end);
}

test('elements that the compressors never make', () => {
  const random = seededRandom('elements');
  for (let round = 0; round < 300; round++) {
    const { block, text } = snappyBlock(random, random.pick([300, 300, 300, 300, 70_000]));
    assertBytes(snappyKernel(block, text.length), text);
    const lz4 = lz4Block(random);
    assertBytes(lz4Kernel(lz4.block, lz4.text.length), lz4.text);
  }
});

/** Literals and copies of every kind, longer forms for short sizes too; or mostly short literals and copies in turns, as dictionaries of numbers have them. */
function snappyBlock(random: Random, longest = 300): { block: Uint8Array; text: Uint8Array } {
  const text: number[] = [];
  const body: number[] = [];
  const inTurns = random.bool(0.3);
  for (let n = inTurns ? random.between(30, 400) : random.between(1, 60); n > 0; n--) {
    const isUsual = inTurns && random.bool(0.99);
    if (text.length === 0 || (isUsual ? n % 2 === 0 : random.bool(0.4))) {
      const size = isUsual ? random.between(1, 4) : random.bool(0.1) ? random.between(1, longest) : random.between(1, 80);
      const extra = isUsual
        ? 0
        : random.pick([0, 1, 2, 3, 4].filter((bytes) => (bytes === 0 ? size <= 60 : size <= 256 ** bytes)));
      if (extra === 0) body.push((size - 1) << 2);
      else body.push((59 + extra) << 2, ...bytesOf(size - 1, extra));
      for (let i = 0; i < size; i++) {
        const byte = random.below(256);
        body.push(byte);
        text.push(byte);
      }
    } else {
      const distance = random.between(1, Math.min(text.length, random.pick([7, 16, 70, 100_000])));
      const kinds = [3, ...(distance < 65536 ? [2] : []), ...(distance < 2048 ? [1] : [])];
      const kind = random.pick(kinds);
      const size = kind === 1 ? random.between(4, 11) : random.between(1, 64);
      if (kind === 1) body.push(1 | ((size - 4) << 2) | ((distance >> 8) << 5), distance & 255);
      else body.push(kind | ((size - 1) << 2), ...bytesOf(distance, kind === 2 ? 2 : 4));
      for (let i = 0; i < size; i++) text.push(text[text.length - distance]!);
    }
  }
  const head: number[] = [];
  let length = text.length;
  for (; length >= 128; length >>= 7) head.push((length & 127) | 128);
  head.push(length);
  return { block: Uint8Array.from([...head, ...body]), text: Uint8Array.from(text) };
}

function lz4Block(random: Random): { block: Uint8Array; text: Uint8Array } {
  const text: number[] = [];
  const block: number[] = [];
  const more = (size: number): number[] =>
    size < 15 ? [] : [...Array<number>(Math.floor((size - 15) / 255)).fill(255), (size - 15) % 255];
  const sizes = (): number => (random.bool(0.2) ? random.between(0, 900) : random.between(0, 20));
  for (let n = random.between(0, 60); n >= 0; n--) {
    const literals = text.length === 0 && n > 0 ? sizes() + 1 : sizes();
    const size = n === 0 ? 0 : sizes();
    block.push((Math.min(literals, 15) << 4) | Math.min(size, 15), ...more(literals));
    for (let i = 0; i < literals; i++) {
      block.push(random.below(256));
      text.push(block.at(-1)!);
    }
    if (n === 0) break;
    const distance = random.between(1, Math.min(text.length, random.pick([7, 16, 70, 65535])));
    block.push(distance & 255, distance >> 8, ...more(size));
    for (let i = 0; i < size + 4; i++) text.push(text[text.length - distance]!);
  }
  return { block: Uint8Array.from(block), text: Uint8Array.from(text) };
}

const bytesOf = (value: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.floor(value / 256 ** i) & 255);

test('damaged blocks are refused or mean what the plain reading says, and nothing outside is touched', () => {
  const random = seededRandom('damage');
  for (let round = 0; round < 1500; round++) {
    const short = random.bool(0.8);
    const text = textOf(short ? random.below(200) : random.below(1500), random);
    const capacity = text.length + random.pick([0, 0, 50]);
    const snappy = mutate(random.bool() ? compress('snappy', text) : snappyBlock(random).block.slice(0, 500), random);
    const wanted = snappyText(snappy, capacity);
    assertBytes(snappyKernel(snappy, capacity), wanted);
    const lz4 = mutate(random.bool() ? compress('lz4', text) : lz4Block(random).block.slice(0, 500), random);
    assertBytes(lz4Kernel(lz4, capacity), lz4Text(lz4, capacity));
  }
});

test('a block that is one literal is where it is', () => {
  const random = seededRandom('literal');
  for (const length of [...LENGTHS, 65536, 70_000]) {
    const text = Uint8Array.from({ length }, () => random.below(256));
    for (const extra of [0, 1, 2, 3, 4]) {
      if (length === 0 || (extra === 0 ? length > 60 : length > 256 ** extra)) continue;
      const varint: number[] = [];
      let rest = length;
      for (; rest >= 128; rest >>= 7) varint.push((rest & 127) | 128);
      varint.push(rest);
      const head = [...varint, ...(extra === 0 ? [(length - 1) << 2] : [(59 + extra) << 2, ...bytesOf(length - 1, extra)])];
      resetSpans();
      const source = span(Uint8Array.from([...head, ...text]));
      const literal = (end: number, size: number): number => kernel('snappyLiteral')(source.at, end, size) >>> 0;
      assert.is(literal(source.end, length), source.at + head.length);
      assert.is(literal(source.end, length + 1), 0);
      assert.is(literal(source.end - 1, length), 0);
    }
  }
  const block = compress('snappy', new Uint8Array(100));
  resetSpans();
  const source = span(block);
  assert.is(kernel('snappyLiteral')(source.at, source.end, 100), 0);
});

test('lengths: damaged ones and those of 2 GiB and more', () => {
  const lengths: [number[], number][] = [
    [[], -1],
    [[0x80], -1],
    [[0x80, 0x80, 0x80, 0x80, 0x80, 0x01], -1],
    [[0xff, 0xff, 0xff, 0xff, 0x07], 0x7fffffff],
    [[0x80, 0x80, 0x80, 0x80, 0x08], -1],
    [[0xff, 0xff, 0xff, 0xff, 0x7f], -1],
    [[0x00], 0],
  ];
  for (const [bytes, length] of lengths) assert.is(kernelLength(Uint8Array.from(bytes)), length);
});

test('blocks of lz4 that go on after each other', () => {
  const random = seededRandom('history');
  for (let round = 0; round < 200; round++) {
    const history = textOf(random.between(1, 300), random);
    const block = lz4Block(random).block;
    const damaged = random.bool() ? mutate(block, random) : block;
    const capacity = 3000;
    resetSpans();
    const source = span(damaged);
    const out = span(history.length + capacity);
    const at = out.at + history.length;
    setBytes(out.at, history);
    const written = kernel('lz4Decompress')(source.at, source.end, out.at, at, capacity);
    checkSpans('lz4');
    assertBytes(written === -1 ? undefined : bytesAt(at, written), lz4Text(damaged, capacity, history));
    assertBytes(bytesAt(out.at, history.length), history);
  }
});

test.run();
