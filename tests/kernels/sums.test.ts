import * as assert from 'uvu/assert';
import { seededRandom } from '../support/random.js';
import { suite } from '../support/suite.js';
import { LENGTHS } from '../codegen/vectors.js';
import { kernel, resetSpans, span } from './spans.js';

const test = suite('kernels: sums');

test('sums of i32, also of the largest and the smallest', () => {
  const random = seededRandom('sums of i32');
  for (const n of [...LENGTHS, 2, 3, 5])
    for (const pick of [
      () => random.between(-1000, 1000),
      () => 2 ** 31 - 1,
      () => -(2 ** 31),
      () => random.below(2 ** 32) - 2 ** 31,
    ]) {
      resetSpans();
      const values = Int32Array.from({ length: n }, pick);
      const { at } = span(new Uint8Array(values.buffer));
      const sum = kernel('sumI32')(at, n) as unknown as bigint;
      assert.is(
        sum,
        values.reduce((total, value) => total + BigInt(value), 0n),
      );
    }
});

test.run();
