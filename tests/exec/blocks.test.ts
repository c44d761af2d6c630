import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PhysicalType } from '../../lib/core/types/physical-type.js';
import { readBlock } from '../../lib/memory/block.js';
import { Space } from '../../lib/memory/block-space.js';
import { CollectChunk, collectedBlocks, collectedTaskRows } from '../../lib/exec/sinks/collect.js';
import { BlocksSource, blockSplits, stageBlocksSource } from '../../lib/exec/sources/blocks.js';
import { RangeSource } from '../../lib/exec/sources/range.js';
import {
  bindColumns,
  makeContext,
  pages,
  randomOf,
  readCell,
  readSlot,
  resetMemory,
  task,
  testPages,
  views,
  writeSelection,
  type Cell,
  type Column,
} from './harness.js';

const PHYSICALS: readonly PhysicalType[] = ['bool', 'i32', 'i64', 'i128', 'f64', 'view'];
const LENGTHS = [0, 1, 7, 8, 9, 1023, 2048];

function randomCell(physical: PhysicalType, random: () => number): Cell {
  const r = Math.floor(random() * 1e9);
  switch (physical) {
    case 'bool':
      return r % 2 === 0;
    case 'i32':
      return r - 5e8;
    case 'i64':
      return r * 1000 - 5e11;
    case 'i128':
      return BigInt(r) * 10n ** 25n - 10n ** 33n;
    case 'f64':
      return r / 7;
    case 'view':
      return 'é'.repeat(r % 3) + 'x'.repeat(r % 40);
  }
}

function randomColumns(n: number, nullShare: number, seed: number): Column[] {
  const random = randomOf(seed);
  return PHYSICALS.map((physical) => ({
    physical,
    values: Array.from({ length: n }, () => (random() < nullShare ? null : randomCell(physical, random))),
  }));
}

function blockCells(address: number): Cell[][] {
  const block = readBlock(views, address);
  return PHYSICALS.map((physical, index) => {
    const column = block.column(index);
    assert.is(column.physical, physical);
    return Array.from({ length: block.rows }, (_, row) => {
      if (column.isNull(row)) return null;
      if (physical === 'view') return column.stringAt(row);
      return readCell(physical, column.values, row);
    });
  });
}

for (const nullShare of [0, 0.3, 1]) {
  test(`blocks give back what was appended, null share ${nullShare}`, () => {
    for (const n of LENGTHS) {
      for (const step of [1, 3]) {
        resetMemory();
        const context = makeContext({ physicals: PHYSICALS });
        const space = new Space(testPages);
        const chunk = new CollectChunk(context, {});
        chunk.beginTask(task(4, [], 2));
        const expected: Cell[][] = PHYSICALS.map(() => []);
        for (let batch = 0; batch < 3; batch++) {
          const columns = randomColumns(n, batch === 1 ? 0 : nullShare, n * 10 + batch);
          bindColumns(context.frame, space, columns);
          const positions = Array.from({ length: n }, (_, i) => i).filter((i) => i % step === 0);
          const sel = step === 1 ? 0 : writeSelection(space, positions);
          chunk.consume({ n: positions.length, sel });
          columns.forEach((column, c) => expected[c]!.push(...positions.map((p) => column.values[p] as Cell)));
        }
        chunk.endTask();
        const address = chunk.seal();
        const blocks = collectedBlocks(views, [address]);
        assert.equal(collectedTaskRows(views, [address]), [{ task: 4, partition: 2, rows: expected[0]!.length }]);
        if (n === 0) {
          assert.is(blocks.length, 0);
          continue;
        }
        assert.is(blocks.length, 1);
        assert.is(blocks[0]!.task, 4);
        assert.is(blocks[0]!.partition, 2);
        assert.equal(blockCells(blocks[0]!.address), expected);
        const reader = makeContext({ physicals: PHYSICALS, chunks: [address] });
        const source = stageBlocksSource(reader, 0);
        source.open(task(0, [0, 0, 1, 0]));
        const read: Cell[][] = PHYSICALS.map(() => []);
        for (let rows = source.next(1000); rows > 0; rows = source.next(1000)) {
          source.load(
            PHYSICALS.map((_, column) => ({ column, slot: column })),
            0,
            rows,
          );
          PHYSICALS.forEach((physical, slot) => read[slot]!.push(...readSlot(reader.frame, slot, physical, rows)));
        }
        assert.equal(read, expected);
      }
    }
  });
}

test('many rows make several blocks, long strings included, and order is by task', () => {
  resetMemory();
  const context = makeContext({ physicals: ['i32', 'view'] });
  const chunk = new CollectChunk(context, {});
  const space = new Space(testPages);
  const rows = 2048;
  const long = 'abcdefgh'.repeat(50);
  bindColumns(context.frame, space, [
    { physical: 'i32', values: Array.from({ length: rows }, (_, i) => i) },
    { physical: 'view', values: Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? `s${i}` : `${i}${long}`)) },
  ]);
  for (const ordinal of [7, 3]) {
    chunk.beginTask(task(ordinal));
    for (let i = 0; i < 200; i++) chunk.consume({ n: rows, sel: 0 });
    chunk.endTask();
  }
  const blocks = collectedBlocks(views, [chunk.seal()]);
  assert.is(
    blocks.reduce((sum, block) => sum + block.rows, 0),
    2 * 200 * rows,
  );
  assert.ok(blocks.length > 4);
  assert.is(blocks[0]!.task, 3);
  assert.is(blocks.at(-1)!.task, 7);
  let row = 0;
  for (const { address, rows: count } of blocks) {
    const block = readBlock(views, address);
    assert.ok(block.byteLength <= 16 * 1024 * 1024);
    const numbers = block.column(0).int32s(0, count);
    const strings = block.column(1);
    for (let i = 0; i < count; i += 509) {
      const expected = (row + i) % rows;
      assert.is(numbers[i], expected);
      assert.is(strings.stringAt(i), expected % 2 === 0 ? `s${expected}` : `${expected}${long}`);
    }
    row += count;
  }
});

test('one row takes one page', () => {
  resetMemory();
  const context = makeContext({ physicals: ['i32', 'view'] });
  const space = new Space(testPages);
  bindColumns(context.frame, space, [
    { physical: 'i32', values: [1] },
    { physical: 'view', values: ['a string longer than twelve'] },
  ]);
  const before = pages.used;
  const chunk = new CollectChunk(context, {});
  chunk.beginTask(task(0));
  chunk.consume({ n: 1, sel: 0 });
  chunk.endTask();
  chunk.seal();
  assert.is(pages.used - before, 1);
});

test('a limited task stops at limit and offset', () => {
  resetMemory();
  const context = makeContext({ physicals: ['i32'] });
  bindColumns(context.frame, new Space(testPages), [{ physical: 'i32', values: Array.from({ length: 100 }, (_, i) => i) }]);
  const chunk = new CollectChunk(context, { limit: 100, offset: 50 });
  chunk.beginTask(task(0));
  assert.not(chunk.taskFull);
  chunk.consume({ n: 100, sel: 0 });
  chunk.consume({ n: 100, sel: 0 });
  assert.ok(chunk.taskFull);
  assert.is(chunk.taskRows, 150);
  chunk.endTask();
  assert.is(collectedBlocks(views, [chunk.seal()])[0]!.rows, 150);
});

test('splits of blocks cover every row once', () => {
  for (const counts of [[], [5], [10, 10], [3, 0, 25, 1]]) {
    for (const size of [1, 4, 10, 100]) {
      let rows = 0;
      let at = [0, 0];
      for (const [fromBlock, fromRow, toBlock, toRow] of blockSplits(counts, size) as [number, number, number, number][]) {
        assert.equal([fromBlock, fromRow], at);
        at = [toBlock, toRow];
        for (let b = fromBlock; b <= toBlock && b < counts.length; b++)
          rows += (b === toBlock ? toRow : counts[b]!) - (b === fromBlock ? fromRow : 0);
      }
      assert.is(
        rows,
        counts.reduce((a, b) => a + b, 0),
      );
    }
  }
  assert.is(new BlocksSource(makeContext({ physicals: [] }), []).next(10), 0);
});

test('range counts in both directions', () => {
  resetMemory();
  const context = makeContext({ physicals: ['i64'] });
  const source = new RangeSource(context, { start: '9007199254740993', step: '-3' });
  source.open(task(0, [1000, 3500]));
  const read: bigint[] = [];
  for (let rows = source.next(2048); rows > 0; rows = source.next(2048)) {
    source.load([{ column: 0, slot: 0 }]);
    const at = (views.u32[(context.frame + 64) / 4] as number) / 8;
    read.push(...views.i64.subarray(at, at + rows));
  }
  assert.is(read.length, 2500);
  assert.is(read[0], 9007199254740993n - 3000n);
  assert.is(read[2499], 9007199254740993n - 3n * 3499n);
});

test.run();
