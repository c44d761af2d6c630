import * as assert from 'uvu/assert';
import { deltaEncoded, deltaValues } from '../../lib/kernels/reference/parquet.js';
import { seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';
import { mutate } from './mutate.js';
import { checkSpans, i64At, kernel, resetSpans, span, u32At, viewsAt, bytesAt } from './spans.js';

const test = suite('kernels: deltas');
const LENGTHS = [0, 1, 2, 7, 8, 9, 32, 33, 128, 129, 130, 1023, 2048];
const STATE_BYTES = 64;
const FORMS = [
  [128, 4],
  [128, 1],
  [256, 8],
  [64, 8],
  [4096, 2],
] as const;

const begin = kernel('deltaBegin');

/** Values whose differences need up to `bits` bits. */
function valuesOf(n: number, bits: number, random: Random): bigint[] {
  let last = BigInt.asUintN(64, BigInt(random.between(-1e9, 1e9)));
  return Array.from({ length: n }, () => {
    const step = BigInt(random.below(2 ** 32)) * 2n ** 32n + BigInt(random.below(2 ** 32));
    last = BigInt.asUintN(64, last + BigInt.asUintN(bits, step));
    return last;
  });
}

const signed = (values: readonly bigint[]): bigint[] => values.map((value) => BigInt.asIntN(64, value));

test('every width, in batches that end anywhere', () => {
  const random = seededRandom('deltas');
  for (let bits = 0; bits <= 64; bits++) {
    for (const n of bits % 8 === 0 ? LENGTHS : [2, 300]) {
      const values = valuesOf(n, bits, random);
      const bytes = deltaEncoded(values, ...random.pick(FORMS));
      assert.equal(deltaValues(bytes)!.values, values, 'the twin reads what it wrote');
      resetSpans(0xff);
      const trailing = random.below(10);
      const source = span(Uint8Array.from([...bytes, ...Array<number>(trailing).fill(0x81)]));
      const state = span(STATE_BYTES).at;
      assert.is(kernel('deltaBytes')(state, source.at, source.end), bytes.length);
      for (const name of ['deltaDecode64', 'deltaDecode32']) {
        assert.is(begin(state, source.at, source.end), n);
        const read: bigint[] = [];
        while (read.length < n) {
          const take = random.bool(0.3) ? n - read.length : Math.min(n - read.length, random.between(0, 50));
          if (random.bool(0.2)) {
            assert.is(kernel('deltaSkip')(state, take), 0);
            read.push(...signed(values.slice(read.length, read.length + take)));
            continue;
          }
          const wide = name === 'deltaDecode64';
          const out = span(take * (wide ? 8 : 4));
          assert.is(kernel(name)(state, out.at, take), 0);
          if (wide) read.push(...i64At(out.at, take));
          else {
            assert.equal(
              u32At(out.at, take),
              values.slice(read.length, read.length + take).map((v) => Number(v & 0xffffffffn)),
            );
            read.push(...signed(values.slice(read.length, read.length + take)));
          }
        }
        assert.equal(read, signed(values));
        assert.is(kernel(name)(state, span(8).at, 1), -1, 'the end');
      }
      checkSpans(`${bits} bits, ${n} values`);
    }
  }
});

test('damage ends in −1 or in the values that the plain reading finds', () => {
  const random = seededRandom('damaged deltas');
  for (let round = 0; round < 1500; round++) {
    const n = random.below(200);
    const bytes = mutate(deltaEncoded(valuesOf(n, random.between(0, 64), random), ...random.pick(FORMS)), random);
    resetSpans(random.pick([0, 0xff, 0x7f]));
    const source = span(bytes);
    const state = span(STATE_BYTES).at;
    const count = begin(state, source.at, source.end);
    const limit = Math.min(count, 300);
    const wanted = deltaValues(bytes, 300);
    if (count === -1) {
      assert.is(wanted, undefined);
      continue;
    }
    const out = span(limit * 8);
    const done = kernel('deltaDecode64')(state, out.at, limit);
    assert.is(done, wanted === undefined ? -1 : 0);
    if (wanted !== undefined) assert.equal(i64At(out.at, limit), signed(wanted.values));
    else assert.is(kernel('deltaSkip')(state, Math.min(1, count - limit)), count === limit ? 0 : -1);
    kernel('deltaBytes')(state, source.at, source.end);
    checkSpans(`round ${round}`);
  }
});

const i32Bytes = (values: readonly number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer);

test('strings by lengths, and by prefixes of those before', () => {
  const random = seededRandom('delta strings');
  for (let round = 0; round < 400; round++) {
    const n = random.pick(LENGTHS.filter((length) => length < 1000));
    let before = new Uint8Array(0);
    const parts = Array.from({ length: n }, () => {
      const prefix = random.between(0, random.bool(0.8) ? before.length : Math.min(before.length, 3));
      const suffix = Uint8Array.from({ length: random.bool(0.05) ? random.below(400) : random.below(16) }, () =>
        random.below(256),
      );
      before = Uint8Array.from([...before.subarray(0, prefix), ...suffix]);
      return { prefix, suffix, text: before };
    });
    resetSpans(0xff);
    const source = span(Uint8Array.from(parts.flatMap(({ suffix }) => Array.from(suffix))));
    const size = source.end - source.at;
    const lengths = span(i32Bytes(parts.map(({ suffix }) => suffix.length)));
    const out = span(n * 16);
    assert.is(kernel('lengthViews')(lengths.at, n, source.at, source.end, out.at), size);
    assert.equal(
      viewsAt(out.at, n),
      parts.map(({ suffix }) => suffix),
    );
    const prefixes = span(i32Bytes(parts.map(({ prefix }) => prefix)));
    const previous = span(16);
    const cut = random.between(0, n);
    let used = 0;
    const read: Uint8Array[] = [];
    for (const [from, to] of [
      [0, cut],
      [cut, n],
    ] as const) {
      const count = to - from;
      const bytes = kernel('prefixBytes')(prefixes.at + 4 * from, lengths.at + 4 * from, count);
      assert.is(
        bytes,
        parts.slice(from, to).reduce((sum, { text }) => sum + text.length, 0),
      );
      const heap = span(bytes, 15);
      const views = span(count * 16);
      used += kernel('prefixViews')(
        prefixes.at + 4 * from,
        lengths.at + 4 * from,
        count,
        source.at + used,
        source.end,
        previous.at,
        heap.at,
        views.at,
      );
      read.push(...viewsAt(views.at, count));
    }
    assert.is(used, size);
    assert.equal(
      read,
      parts.map(({ text }) => text),
    );
    if (n > 0) {
      assert.is(kernel('lengthViews')(lengths.at, n, source.at, source.end - 1, out.at), size === 0 ? 0 : -1);
      assert.equal(viewsAt(previous.at, 1), [before]);
    }
    checkSpans('delta strings');
  }
});

test('damaged lengths of strings', () => {
  const random = seededRandom('damaged lengths');
  for (let round = 0; round < 2000; round++) {
    const n = random.between(1, 8);
    const odd = (): number => (random.bool(0.1) ? random.pick([-1, 0x7fffffff, -0x80000000, 100]) : random.below(14));
    const lengths = Array.from({ length: n }, odd);
    const prefixes = Array.from({ length: n }, (_, i) => (i === 0 && random.bool(0.8) ? 0 : odd()));
    const bytes = Uint8Array.from({ length: random.below(80) }, () => random.below(256));
    resetSpans();
    const source = span(bytes);
    const [lengthsAt, prefixesAt] = [span(i32Bytes(lengths)).at, span(i32Bytes(prefixes)).at];
    const ends = lengths.every((length) => length >= 0) && lengths.reduce((a, b) => a + b, 0) <= bytes.length;
    const sum = lengths.reduce((a, b) => a + b, 0);
    assert.is(kernel('lengthViews')(lengthsAt, n, source.at, source.end, span(n * 16).at), ends ? sum : -1);
    const total = [...lengths, ...prefixes].reduce((a, b) => a + b, 0);
    const possible = [...lengths, ...prefixes].every((length) => length >= 0) && total < 2 ** 31;
    const room = kernel('prefixBytes')(prefixesAt, lengthsAt, n);
    assert.is(room, possible ? total : -1);
    if (room === -1 || room > 1000) continue;
    const heap = span(room, 15);
    const used = kernel('prefixViews')(prefixesAt, lengthsAt, n, source.at, source.end, span(16).at, heap.at, span(n * 16).at);
    let known = 0;
    const fits =
      ends &&
      prefixes.every((prefix, i) => {
        const fine = prefix <= known;
        known = prefix + lengths[i]!;
        return fine;
      });
    assert.is(used, fits ? sum : -1);
    assert.equal(bytesAt(source.at, bytes.length), bytes);
    checkSpans('damaged lengths');
  }
});

test.run();
