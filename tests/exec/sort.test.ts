import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PhysicalType } from '../../lib/core/types/physical-type.js';
import { Space } from '../../lib/memory/block-space.js';
import { sortChunk } from '../../lib/exec/sinks/sort.js';
import { sortTargets } from '../../lib/exec/sinks/sort-chunk.js';
import type { SortColumns } from '../../lib/exec/sinks/sort-keys.js';
import { SortedSource } from '../../lib/exec/sources/sorted.js';
import {
  bindColumns,
  makeContext,
  randomOf,
  readSlot,
  resetMemory,
  task,
  testPages,
  views,
  writeSelection,
  type Cell,
  type Column,
} from './harness.js';

type Row = readonly Cell[];

function compareCells(a: Cell, b: Cell): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
    if (Number.isNaN(b)) return -1;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}

function compareRows(a: Row, b: Row, keys: SortColumns): number {
  for (const { column, descending, nullsFirst } of keys) {
    const x = a[column]!;
    const y = b[column]!;
    if (x === null || y === null) {
      if (x === y) continue;
      return (x === null) === nullsFirst ? -1 : 1;
    }
    const order = compareCells(x, y);
    if (order !== 0) return descending ? -order : order;
  }
  return 0;
}

const SPECIAL = [0, -0, NaN, Infinity, -Infinity, -1.5, 1e300, 5e-324];

function cell(physical: PhysicalType, domain: number, random: () => number): Cell {
  const r = Math.floor(random() * domain);
  switch (physical) {
    case 'bool':
      return r % 2 === 1;
    case 'i32':
      return r - (domain >>> 1);
    case 'i64':
      return (r - 5) * 1e12;
    case 'i128':
      return (BigInt(r) - 4n) * (1n << (r % 2 === 0 ? 3n : 80n));
    case 'f64':
      return r < 8 ? SPECIAL[r]! : r / 3 - 20;
    case 'view':
      return ['', 'a', 'ab', 'abcdefgh', 'abcdefghi', `abcdefgh${r}`, `a long common prefix, then ${r}`, `é${r}`][r % 8]!;
  }
}

interface Made {
  readonly chunks: number[];
  readonly rows: Row[];
}

/** Chunks of several tasks each, dealt out in turn, one task of the first chunk out of order. */
function make(
  physicals: readonly PhysicalType[],
  keys: SortColumns,
  domain: number,
  nullShare: number,
  batches: number,
  batchRows: number,
  limit?: number,
): Made {
  const random = randomOf(domain + batchRows);
  const space = new Space(testPages);
  const contexts = [0, 1, 2].map(() => makeContext({ physicals }));
  const sinks = contexts.map((context) =>
    sortChunk(context, limit === undefined ? { kind: 'sort', keys } : { kind: 'sort', keys, limit }),
  );
  const byTask: Row[][] = [];
  const order = Array.from({ length: 9 }, (_, i) => i);
  [order[0], order[3]] = [order[3]!, order[0]!];
  order.forEach((ordinal, index) => {
    const chunk = sinks[index % 3]!;
    chunk.beginTask(task(ordinal));
    const rows: Row[] = [];
    for (let b = 0; b < batches; b++) {
      const columns: Column[] = physicals.map((physical) => ({
        physical,
        values: Array.from({ length: batchRows }, () =>
          b % 4 !== 2 && random() < nullShare ? null : cell(physical, domain, random),
        ),
      }));
      bindColumns(contexts[index % 3]!.frame, space, columns);
      const positions = Array.from({ length: batchRows }, (_, i) => i).filter((i) => b % 2 === 0 || i % 4 === 1);
      chunk.consume({ n: positions.length, sel: b % 2 === 0 ? 0 : writeSelection(space, positions) });
      for (const p of positions) rows.push(columns.map((column) => column.values[p] as Cell));
    }
    chunk.endTask();
    byTask[ordinal] = rows;
  });
  return { chunks: sinks.map((chunk) => chunk.seal()), rows: byTask.flat() };
}

function read(physicals: readonly PhysicalType[], chunks: readonly number[], targets: number): Row[] {
  const context = makeContext({ physicals, chunks });
  const source = new SortedSource(context, 0);
  const rows: Row[] = [];
  for (let target = 0; target < targets; target++) {
    source.open(task(target, [target, targets]));
    for (let n = source.next(1024); n > 0; n = source.next(1024)) {
      const columns = physicals.map((physical, slot) => readSlot(context.frame, slot, physical, n));
      for (let row = 0; row < n; row++) rows.push(columns.map((column) => column[row] as Cell));
    }
    source.close();
  }
  return rows;
}

const PHYSICALS: readonly PhysicalType[] = ['bool', 'i32', 'i64', 'i128', 'f64', 'view'];

function keysOf(columns: readonly number[], descending: boolean, nullsFirst: boolean): SortColumns {
  return columns.map((column) => ({ column, physical: PHYSICALS[column]!, descending, nullsFirst }));
}

for (const columns of [[0], [1], [2], [3], [4], [5], [1, 4], [0, 1, 2], [5, 4], [4, 5, 3]]) {
  test(`sorts by ${columns.map((column) => PHYSICALS[column]).join(', ')}`, () => {
    for (const [descending, nullsFirst] of [
      [false, true],
      [true, false],
      [false, false],
    ] as const) {
      for (const [domain, nullShare, batchRows] of [
        [12, 0.1, 9],
        [1000, 0.02, 300],
        [100000, 0, 500],
        [3, 1, 8],
      ] as const) {
        resetMemory();
        const keys = keysOf(columns, descending, nullsFirst);
        const { chunks, rows } = make(PHYSICALS, keys, domain, nullShare, 2, batchRows);
        const expected = [...rows].sort((a, b) => compareRows(a, b, keys));
        for (const targets of [1, 5]) assert.equal(read(PHYSICALS, chunks, targets), expected);
      }
    }
  });
}

for (const limit of [0, 1, 10, 5000]) {
  test(`top ${limit}`, () => {
    for (const [columns, domain, descending] of [
      [[4], 1e6, true],
      [[4], 1e6, false],
      [[4], 20, true],
      [[4], 20, false],
      [[5, 1], 2000, false],
      [[0], 2, false],
      [[1], 1e6, false],
      [[1, 4], 5000, true],
      [[2], 1e6, false],
      [[2], 1e6, true],
    ] as const) {
      resetMemory();
      const keys = keysOf(columns, descending, !descending);
      const { chunks, rows } = make(PHYSICALS, keys, domain, 0.01, 4, 2048, limit);
      const expected = [...rows].sort((a, b) => compareRows(a, b, keys)).slice(0, limit);
      assert.is(sortTargets(views, chunks), 1);
      assert.equal(read(PHYSICALS, chunks, 1), expected);
    }
  });
}

test('rows in order are recognised, targets follow the number of rows', () => {
  resetMemory();
  const context = makeContext({ physicals: ['i32'] });
  const keys: SortColumns = [{ column: 0, physical: 'i32', descending: false, nullsFirst: true }];
  const chunk = sortChunk(context, { kind: 'sort', keys });
  const space = new Space(testPages);
  bindColumns(context.frame, space, [{ physical: 'i32', values: Array.from({ length: 2048 }, (_, i) => i - 1000) }]);
  chunk.beginTask(task(0));
  chunk.consume({ n: 2048, sel: 0 });
  const address = chunk.seal();
  assert.is(sortTargets(views, [address]), 1);
  assert.equal(
    read(['i32'], [address], 1).flat(),
    Array.from({ length: 2048 }, (_, i) => i - 1000),
  );
  assert.is(sortTargets(views, []), 1);
  assert.equal(read(['i32'], [0], 1), []);
});

test.run();
