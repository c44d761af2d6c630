import * as assert from 'uvu/assert';
import { hybridEncoded, hybridValues } from '../../lib/kernels/reference/parquet.js';
import { seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';
import { mutate } from './mutate.js';
import { bytesAt, checkSpans, kernel, resetSpans, span, u32At, type Span } from './spans.js';

const test = suite('kernels: hybrid');
const WIDTHS = Array.from({ length: 33 }, (_, width) => width);
const LENGTHS = [0, 1, 7, 8, 9, 63, 64, 65, 504, 505, 1023, 2048];
const STATE_BYTES = 32;

const begin = kernel('hybridBegin');
const skip = kernel('hybridSkip');
const constant = kernel('hybridConstant');
const all = kernel('hybridAll');

function valuesOf(n: number, width: number, random: Random): number[] {
  const out: number[] = [];
  const limit = 2 ** width;
  const alike = random.pick([0, 0.05, 0.5]);
  while (out.length < n) {
    const value = random.below(limit);
    const times = random.bool(alike) ? random.between(1, 200) : 1;
    for (let i = 0; i < times && out.length < n; i++) out.push(value);
  }
  return out;
}

function started(bytes: Uint8Array, width: number): { state: number; source: Span } {
  const source = span(bytes);
  const state = span(STATE_BYTES).at;
  assert.is(begin(state, source.at, source.end, width), 0);
  return { state, source };
}

test('every width, whole and in batches that end anywhere', () => {
  const random = seededRandom('hybrid');
  for (const width of WIDTHS) {
    for (const n of LENGTHS) {
      const values = valuesOf(n, width, random);
      const bytes = hybridEncoded(values, width, random.pick([8, 16, 504, 5000]));
      assert.equal(hybridValues(bytes, width, n).values, values, 'the twin reads what it wrote');
      resetSpans(random.pick([0xff, 0xa5]));
      const { state } = started(bytes, width);
      const read: number[] = [];
      while (read.length < n) {
        const take = random.bool(0.3) ? n - read.length : Math.min(n - read.length, random.between(0, 40));
        if (random.bool(0.2)) {
          assert.is(skip(state, take), 0);
          read.push(...values.slice(read.length, read.length + take));
          continue;
        }
        if (random.bool(0.2)) {
          const run = constant(state, take);
          if (run === -1) continue;
          read.push(...Array<number>(take).fill(run));
          continue;
        }
        if (take > 0 && random.bool(0.2)) {
          // Of another value, or of none: everything is still to come.
          const wanted = random.bool() ? values[read.length]! : random.below(2 ** width);
          if (all(state, take, wanted) === 0) continue;
          read.push(...Array<number>(take).fill(wanted));
          continue;
        }
        const asBytes = width <= 8 && random.bool();
        const out = span(asBytes ? take : take * 4);
        assert.is(kernel(asBytes ? 'hybridBytes' : 'hybridDecode')(state, out.at, take), 0);
        read.push(...(asBytes ? bytesAt(out.at, take) : u32At(out.at, take)));
      }
      checkSpans(`width ${width}, ${n} values`);
      assert.equal(read, values, `width ${width}, ${n} values`);
    }
  }
});

test('more bits than 32, and more than 8 as bytes, are refused', () => {
  resetSpans();
  const source = span([3, 0]);
  const state = span(STATE_BYTES).at;
  assert.is(begin(state, source.at, source.end, 33), -1);
  assert.is(begin(state, source.at, source.end, 9), 0);
  assert.is(kernel('hybridBytes')(state, span(8).at, 1), -1);
});

test('a run of one value is told without its values', () => {
  resetSpans();
  const { state } = started(Uint8Array.from([200, 1, 5, 3, 0b10101010]), 1);
  assert.is(constant(state, 60), 5);
  assert.is(constant(state, 41), -1, 'the run has 40 more');
  assert.is(constant(state, 40), 5);
  assert.is(constant(state, 1), -1, 'packed');
  const out = span(8);
  assert.is(kernel('hybridBytes')(state, out.at, 8), 0);
  assert.equal(Array.from(bytesAt(out.at, 8)), [0, 1, 0, 1, 0, 1, 0, 1]);
  assert.is(constant(state, 1), -1, 'the end');
});

test('a last group that is not whole gives the values that are there', () => {
  resetSpans();
  const { state } = started(Uint8Array.from([5, 0b11100100, 0b11100100, 0b11100100]), 2);
  const out = span(64);
  assert.is(kernel('hybridDecode')(state, out.at, 12), 0);
  assert.equal(u32At(out.at, 12), [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
  assert.is(skip(state, 1), -1);
});

test('damage ends in −1 or in the values that the plain reading finds', () => {
  const random = seededRandom('damaged hybrid');
  for (let round = 0; round < 2500; round++) {
    const width = random.below(33);
    const n = random.below(300);
    const bytes = mutate(hybridEncoded(valuesOf(n, width, random), width, random.pick([8, 504])), random);
    resetSpans(random.pick([0x00, 0xff]));
    const { state, source } = started(bytes, width);
    const asBytes = width <= 8 && random.bool();
    const out = span(asBytes ? n : n * 4);
    const done = kernel(asBytes ? 'hybridBytes' : 'hybridDecode')(state, out.at, n);
    checkSpans(`round ${round}`);
    assert.equal(bytesAt(source.at, bytes.length), bytes);
    const { values, ended } = hybridValues(bytes, width, n);
    assert.is(done, ended ? -1 : 0);
    if (!ended)
      assert.equal(asBytes ? Array.from(bytesAt(out.at, n)) : u32At(out.at, n), asBytes ? values.map((v) => v & 255) : values);
    assert.is(begin(state, source.at, source.end, width), 0);
    assert.is(skip(state, n), ended ? -1 : 0);
  }
});

test.run();
