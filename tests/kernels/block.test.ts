import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Space } from '../../lib/memory/block-space.js';
import { kernels, randomOf, resetMemory, testPages, views, writeSelection } from '../exec/harness.js';

const LENGTHS = [0, 1, 7, 8, 9, 1023, 2048];
const SHARES = [0, 0.3, 1];

function nullBytes(space: Space, n: number, share: number, random: () => number): { address: number; nulls: number[] } {
  const address = space.allocate(n + 16);
  const nulls = Array.from({ length: n }, () => (random() < share ? 1 : 0));
  views.u8.set(nulls, address);
  return { address, nulls };
}

test('bitmapAppend and bitmapToNulls are inverse at every offset', () => {
  for (const n of LENGTHS) {
    for (const share of SHARES) {
      for (const row of [0, 1, 7, 8, 13]) {
        resetMemory();
        const random = randomOf(n + row);
        const space = new Space(testPages);
        const { address, nulls } = nullBytes(space, n, share, random);
        const bitmap = space.allocate(512);
        views.u8.fill(0xa5, bitmap, bitmap + 512);
        kernels['bitmapFill']!(bitmap, 0, row);
        assert.is(
          kernels['bitmapAppend']!(address, 0, n, bitmap, row),
          nulls.reduce((a, b) => a + b, 0),
        );
        const out = space.allocate(2048 + 16);
        kernels['bitmapToNulls']!(bitmap, 0, row, out);
        assert.equal(Array.from(views.u8.slice(out, out + row)), Array(row).fill(0));
        kernels['bitmapToNulls']!(bitmap, row, n, out);
        assert.equal(Array.from(views.u8.slice(out, out + n)), nulls);
        const positions = nulls.map((_, i) => i).filter((i) => i % 3 === 0);
        kernels['bitmapAppend']!(address, writeSelection(space, positions), positions.length, bitmap, row);
        kernels['bitmapToNulls']!(bitmap, row, positions.length, out);
        assert.equal(
          Array.from(views.u8.slice(out, out + positions.length)),
          positions.map((p) => nulls[p]),
        );
        assert.is(kernels['anyNull']!(address, 0, n), nulls.includes(1) ? 1 : 0);
      }
    }
  }
});

test('blockCopy takes every width, whole and selected', () => {
  for (const n of LENGTHS) {
    for (const shift of [0, 2, 3, 4]) {
      resetMemory();
      const random = randomOf(n);
      const space = new Space(testPages);
      const bytes = n << shift;
      const from = space.allocate(bytes + 16);
      const to = space.allocate(bytes + 16);
      for (let i = 0; i < bytes; i++) views.u8[from + i] = Math.floor(random() * 256);
      kernels['blockCopy']!(from, 0, n, shift, to);
      assert.equal(views.u8.slice(to, to + bytes), views.u8.slice(from, from + bytes));
      const positions = Array.from({ length: n }, (_, i) => i).filter(() => random() < 0.5);
      kernels['blockCopy']!(from, writeSelection(space, positions), positions.length, shift, to);
      positions.forEach((p, k) => {
        const width = 1 << shift;
        assert.equal(
          views.u8.slice(to + k * width, to + (k + 1) * width),
          views.u8.slice(from + p * width, from + (p + 1) * width),
        );
      });
    }
  }
});

test.run();
