import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Space } from '../../lib/memory/block-space.js';
import { kernels, randomOf, resetMemory, testPages, views, writeSelection, writeVector } from '../exec/harness.js';

const LENGTHS = [0, 1, 7, 8, 9, 1023, 2048];

/** The hash of a record, in plain words (kernels/assembly/hash.ts). */
function hashOf(words: readonly bigint[], nulls: bigint): number {
  const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
  let hash = nulls;
  for (const word of words) {
    const x = hash ^ word;
    hash = wrap((x ^ (x >> 32n)) * 0x9e3779b97f4a7c15n);
  }
  return Number(wrap((hash ^ (hash >> 32n)) * 0xd6e8feb86659fd93n) >> 32n);
}

test('records hash as their twin says, for any number of words', () => {
  for (const n of LENGTHS) {
    for (const words of [1, 2, 3, 4, 7]) {
      resetMemory();
      const random = randomOf(n + words);
      const space = new Space(testPages);
      const stride = 8 + words * 8;
      const records = space.allocate(n * stride + 16);
      for (let i = 0; i < n * stride; i++) views.u8[records + i] = Math.floor(random() * 256);
      const expected = Array.from({ length: n }, (_, k) => {
        const at = records + k * stride;
        const of = Array.from({ length: words }, (_unused, w) => BigInt.asUintN(64, views.i64[(at + 8 + w * 8) / 8]!));
        return hashOf(of, BigInt(views.u32[(at + 4) / 4]!));
      });
      const kinds = space.allocate(words + 8);
      views.u8.fill(0, kinds, kinds + words);
      kernels['groupHash']!(records, n, stride, words);
      assert.equal(
        Array.from({ length: n }, (_, k) => views.u32[(records + k * stride) / 4]),
        expected,
      );
      kernels['groupHashLong']!(records, n, stride, words, kinds);
      assert.equal(
        Array.from({ length: n }, (_, k) => views.u32[(records + k * stride) / 4]),
        expected,
      );
    }
  }
});

test('packed strings are equal when the strings are', () => {
  for (const n of LENGTHS) {
    resetMemory();
    const random = randomOf(n);
    const space = new Space(testPages);
    const texts = Array.from({ length: n }, () => ['', '\0', '\0\0', 'a', 'ab', 'abc', 'b'][Math.floor(random() * 7)]!);
    const vector = writeVector(space, { physical: 'view', values: texts });
    const out = space.allocate(n * 8 + 16);
    assert.is(kernels['frontView']!(vector.values, 0, n, 1, 0, out, 4), 0);
    const packed = Array.from({ length: n }, (_, i) => views.i64[out / 8 + i]);
    for (let i = 1; i < n; i++) assert.is(packed[i] === packed[i - 1], texts[i] === texts[i - 1]);
    const positions = texts.map((_, i) => n - 1 - i);
    kernels['frontView']!(vector.values, writeSelection(space, positions), n, 1, 0, out, 4);
    assert.equal(
      Array.from({ length: n }, (_, i) => views.i64[out / 8 + i]),
      packed.reverse(),
    );
    if (texts.includes('abc')) assert.is(kernels['frontView']!(vector.values, 0, n, 1, 0, out, 3), 1);
  }
});

test.run();
