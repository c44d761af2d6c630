import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HEAP_END, HEAP_NEXT } from '../../lib/memory/layout.js';
import { Space } from '../../lib/memory/block-space.js';
import { kernels, randomOf, resetMemory, testPages, views, writeVector } from '../exec/harness.js';

const LENGTHS = [0, 1, 3, 4, 5, 8, 9, 1023, 2048];

/** A fresh space with a heap and some state words. */
function open(): { space: Space; heap: number; place: (i: number) => number } {
  resetMemory();
  const space = new Space(testPages);
  const heap = space.allocate(16);
  const bytes = 16 << 20;
  const from = testPages.allocate(bytes);
  views.u32[(heap + HEAP_NEXT) / 4] = from;
  views.u32[(heap + HEAP_END) / 4] = from + bytes;
  // What a heap gives is not zeroed.
  views.u8.fill(0xa5, from, from + bytes);
  const places = space.allocate(256);
  views.u8.fill(0, places, places + 256);
  return { space, heap, place: (i) => places + i * 8 };
}

const members = (place: number): bigint[] => {
  const count = Number(kernels['set_count']!(place));
  const at = kernels['set_members']!(place);
  return Array.from({ length: count }, (_, i) => views.i64[at / 8 + i]!);
};

test('sets of words keep each once, in order of arrival, two growing side by side', () => {
  for (const n of LENGTHS) {
    const { heap, place } = open();
    const random = randomOf(n);
    const values = Array.from({ length: n }, () => BigInt(Math.floor((random() - 0.5) * n)) << 40n);
    for (const value of values) {
      kernels['set_add_word']!(place(0), heap, value as never);
      kernels['set_add_word']!(place(1), heap, (value * 3n) as never);
    }
    const once = [...new Set(values)];
    assert.equal(members(place(0)), once);
    assert.equal(
      members(place(1)),
      once.map((v) => v * 3n),
    );
    kernels['set_merge']!(place(0), place(1), heap, 1, 0);
    kernels['set_merge']!(place(2), place(0), heap, 1, 0);
    assert.equal(members(place(2)), [...new Set([...once, ...once.map((v) => v * 3n)])]);
  }
});

test('sets of strings own their bytes, merged ones too', () => {
  for (const n of LENGTHS) {
    const { space, heap, place } = open();
    const random = randomOf(n + 1);
    const texts = Array.from({ length: n }, () => 'x'.repeat(Math.floor(random() * 30)) + Math.floor(random() * 20));
    const add = (to: number): void => {
      const { values } = writeVector(space, { physical: 'view', values: texts });
      texts.forEach((text, i) => {
        kernels['set_add']!(to, heap, values + i * 16, 2, 1);
        // The row's bytes are reused after the batch.
        if (text.length > 12) {
          const at = views.u32[(values + i * 16 + 8) / 4]!;
          views.u8.fill(0, at, at + text.length);
        }
      });
    };
    add(place(0));
    add(place(0));
    kernels['set_merge']!(place(1), place(0), heap, 2, 1);
    for (const at of [place(0), place(1)]) {
      const first = kernels['set_members']!(at);
      const read = Array.from({ length: Number(kernels['set_count']!(at)) }, (_, i) => {
        const length = views.u32[(first + i * 16) / 4]!;
        const bytes = length > 12 ? views.u32[(first + i * 16 + 8) / 4]! : first + i * 16 + 4;
        return Buffer.from(views.u8.slice(bytes, bytes + length)).toString();
      });
      assert.equal(read, [...new Set(texts)]);
    }
  }
});

test('medians of sorted, reversed, equal and random lists, alone and merged', () => {
  for (const n of LENGTHS) {
    const random = randomOf(n);
    const shapes: ((i: number) => number)[] = [
      (i) => i,
      (i) => -i,
      () => 7,
      (i) => i % 2,
      () => (random() - 0.5) * 1e9,
      (i) => Math.abs(n / 2 - i),
    ];
    for (const shape of shapes) {
      const { heap, place } = open();
      const values = Array.from({ length: n }, (_, i) => shape(i));
      values.forEach((value, i) => {
        kernels['list_add']!(place(0), heap, value);
        kernels['list_add']!(place(i % 3 === 0 ? 1 : 2), heap, value);
      });
      kernels['list_merge']!(place(3), place(1), heap);
      kernels['list_merge']!(place(3), place(2), heap);
      const sorted = values.sort((a, b) => a - b);
      const expected = n === 0 ? 0 : 0.5 * sorted[(n - 1) >> 1]! + 0.5 * sorted[n >> 1]!;
      assert.is(kernels['list_median']!(place(0)) + 0, expected + 0);
      assert.is(kernels['list_median']!(place(3)) + 0, expected + 0);
    }
  }
});

test('sketches: nothing, few, repeated, merged', () => {
  const { heap, place } = open();
  assert.is(Number(kernels['hll_count']!(place(0), 9)), 0);
  for (let i = 0n; i < 100n; i++) {
    for (let k = 0; k < 3; k++) kernels['hll_add_word']!(place(0), heap, i as never, 9 as never);
    kernels['hll_add_word']!(place(1), heap, (i + 50n) as never, 9 as never);
  }
  const alone = Number(kernels['hll_count']!(place(0), 9));
  assert.ok(Math.abs(alone - 100) <= 10, `about ${alone}`);
  kernels['hll_merge']!(place(2), place(0), heap, 9);
  assert.is(Number(kernels['hll_count']!(place(2), 9)), alone);
  kernels['hll_merge']!(place(2), place(1), heap, 9);
  kernels['hll_merge']!(place(2), place(3), heap, 9);
  const both = Number(kernels['hll_count']!(place(2), 9));
  assert.ok(Math.abs(both - 150) <= 15, `about ${both}`);
});

test.run();
