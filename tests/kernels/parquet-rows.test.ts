import * as assert from 'uvu/assert';
import { seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';
import { bytesAt, checkSpans, kernel, resetSpans, span } from './spans.js';

const test = suite('kernels: levels, dictionaries');
const LENGTHS = [0, 1, 7, 8, 9, 15, 16, 17, 1023, 2048];
const SHARES = [0, 0.3, 1];
/** Of the values that kernels move, by their shift. */
const SHIFTS = [2, 3, 4];

const randomBytes = (length: number, random: Random): Uint8Array => Uint8Array.from({ length }, () => random.below(256));
const u32Bytes = (values: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);

test('levels become null bytes', () => {
  const random = seededRandom('levels');
  for (const n of LENGTHS) {
    for (const most of [0, 1, 2, 7, 127, 200, 255]) {
      const levels = Uint8Array.from({ length: n }, () => (random.bool() ? most : random.between(0, most)));
      resetSpans();
      const from = span(levels);
      const nulls = random.bool() ? from : span(n);
      const wanted = Array.from(levels, (level) => (level === most ? 0 : 1));
      const there = wanted.filter((isNull) => isNull === 0).length;
      assert.is(kernel('levelsToNulls')(from.at, n, most, nulls.at), there);
      assert.equal(Array.from(bytesAt(nulls.at, n)), wanted);
      assert.is(kernel('countValues')(nulls.at, n), there);
      checkSpans('levels');
      if (n === 0 || most === 255) continue;
      levels[random.below(n)] = random.between(most + 1, 255);
      const damaged = span(levels);
      assert.is(kernel('levelsToNulls')(damaged.at, n, most, span(n).at), -1);
    }
  }
});

test('dense values come to their rows, in place too', () => {
  const random = seededRandom('expand');
  for (const n of LENGTHS) {
    for (const share of SHARES) {
      for (const shift of [0, ...SHIFTS]) {
        const nulls = Uint8Array.from({ length: n }, () => (random.bool(share) ? 1 : 0));
        const count = nulls.filter((isNull) => isNull === 0).length;
        const width = 1 << shift;
        const dense = randomBytes(count * width, random);
        const wanted = new Uint8Array(n * width);
        let next = 0;
        nulls.forEach((isNull, row) => {
          if (isNull === 0) wanted.set(dense.subarray(next * width, ++next * width), row * width);
        });
        resetSpans();
        const nullBytes = span(nulls);
        const out = span(n * width);
        kernel('expandValues')(span(dense).at, count, nullBytes.at, n, shift, out.at);
        assert.equal(bytesAt(out.at, n * width), wanted);
        const inPlace = span(Uint8Array.from([...dense, ...new Uint8Array((n - count) * width)]));
        kernel('expandValues')(inPlace.at, count, nullBytes.at, n, shift, inPlace.at);
        assert.equal(bytesAt(inPlace.at, n * width), wanted);
        checkSpans('expand');
      }
    }
  }
});

test('indices become values, all or those of a selection', () => {
  const random = seededRandom('gather');
  for (const n of LENGTHS) {
    for (const shift of SHIFTS) {
      const size = random.pick([1, 3, 300, 40_000]);
      const width = 1 << shift;
      const dictionary = randomBytes(size * width, random);
      const indices = Array.from({ length: n }, () => random.below(size));
      const valueOf = (index: number): Uint8Array => dictionary.subarray(index * width, (index + 1) * width);
      resetSpans();
      const [values, numbers, out] = [span(dictionary), span(u32Bytes(indices)), span(n * width)];
      assert.is(kernel('gatherValues')(values.at, size, numbers.at, n, shift, out.at), 0);
      assert.equal(bytesAt(out.at, n * width), Uint8Array.from(indices.flatMap((index) => Array.from(valueOf(index)))));
      const rows = indices.map((_, row) => row).filter(() => random.bool(0.3));
      const selected = span(n * width);
      assert.is(
        kernel('gatherSelected')(values.at, size, numbers.at, span(u32Bytes(rows)).at, rows.length, shift, selected.at),
        0,
      );
      const wanted = new Uint8Array(n * width);
      for (const row of rows) wanted.set(valueOf(indices[row]!), row * width);
      assert.equal(bytesAt(selected.at, n * width), wanted);
      if (n > 0) {
        const bad = random.below(n);
        indices[bad] = random.pick([size, size + 1, 0x80000000, 0xffffffff]);
        const damaged = span(u32Bytes(indices));
        assert.is(kernel('gatherValues')(values.at, size, damaged.at, n, shift, out.at), -1);
        assert.is(kernel('gatherSelected')(values.at, size, damaged.at, span(u32Bytes([bad])).at, 1, shift, out.at), -1);
        assert.is(kernel('indicesBelow')(damaged.at, n, size), 0);
        assert.is(kernel('gatherValues')(values.at, 0, numbers.at, n, shift, out.at), -1, 'an empty dictionary');
      }
      checkSpans('gather');
    }
  }
});

test('few values become codes', () => {
  const random = seededRandom('codes');
  for (const n of LENGTHS) {
    for (const size of [1, 2, 63, 64, 65, 256, 257, 1000]) {
      const indices = Array.from({ length: n }, () => random.below(size));
      resetSpans();
      const codes = span(n);
      const made = kernel('indicesToCodes')(span(u32Bytes(indices)).at, n, size, codes.at);
      assert.is(made, indices.every((index) => index < 256) ? 0 : -1);
      if (made === 0) assert.equal(Array.from(bytesAt(codes.at, n)), indices);
      if (n > 0) {
        indices[random.below(n)] = size;
        assert.is(kernel('indicesToCodes')(span(u32Bytes(indices)).at, n, size, span(n).at), -1);
      }
      checkSpans('codes');
    }
  }
});

test.run();
