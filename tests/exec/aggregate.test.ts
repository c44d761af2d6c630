import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decideTargets } from '../../lib/core/physical/decide-targets.js';
import type { PhysicalType } from '../../lib/core/types/physical-type.js';
import { Space } from '../../lib/memory/block-space.js';
import { aggregateChunk } from '../../lib/exec/sinks/aggregate.js';
import { aggregateChunkStats } from '../../lib/exec/sinks/aggregate-chunk.js';
import { GroupsSource } from '../../lib/exec/sources/groups.js';
import { sumLoops, sumProgram } from './fake-aggregate.js';
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

type Groups = Map<string, { keys: Cell[]; sum: number; count: number }>;

function keyText(cells: readonly Cell[]): string {
  return JSON.stringify(
    cells.map((cell) =>
      typeof cell === 'bigint' ? `${cell}n` : typeof cell === 'number' ? (Number.isNaN(cell) ? 'NaN' : cell + 0) : cell,
    ),
  );
}

function expectedGroups(batches: readonly { columns: readonly Column[]; positions: readonly number[] }[], keys: number): Groups {
  const groups: Groups = new Map();
  for (const { columns, positions } of batches) {
    for (const row of positions) {
      const cells = columns.slice(0, keys).map((column) => column.values[row] as Cell);
      const text = keyText(cells);
      const group = groups.get(text) ?? { keys: cells, sum: 0, count: 0 };
      group.sum += columns[keys]!.values[row] as number;
      group.count++;
      groups.set(text, group);
    }
  }
  return groups;
}

interface Output {
  readonly keys: Cell[];
  readonly sum: number;
  readonly count: number;
}

function readGroups(keys: readonly PhysicalType[], chunks: readonly number[], targets: number): Output[] {
  const physicals: PhysicalType[] = [...keys, 'f64', 'f64'];
  const context = makeContext({ physicals, chunks, loops: sumLoops(0, keys.length) });
  const source = new GroupsSource(context, { stage: 0, aggregate: sumProgram(keys) });
  const out: Output[] = [];
  for (let target = 0; target < targets; target++) {
    source.open(task(target, [target, targets]));
    for (let n = source.next(2048); n > 0; n = source.next(2048)) {
      const columns = physicals.map((physical, slot) => readSlot(context.frame, slot, physical, n));
      for (let row = 0; row < n; row++) {
        const cells = columns.map((column) => column[row] as Cell);
        out.push({
          keys: cells.slice(0, keys.length),
          sum: cells[keys.length] as number,
          count: cells[keys.length + 1] as number,
        });
      }
    }
    source.close();
  }
  return out;
}

function compare(out: readonly Output[], expected: Groups): void {
  assert.is(out.length, expected.size);
  for (const group of out) {
    const other = expected.get(keyText(group.keys));
    assert.ok(other, `group ${keyText(group.keys)}`);
    assert.is(group.count, other!.count);
    assert.ok(Math.abs(group.sum - other!.sum) < 1e-6);
  }
}

function keyCell(physical: PhysicalType, domain: number, random: () => number): Cell {
  const r = Math.floor(random() * domain);
  switch (physical) {
    case 'bool':
      return r % 2 === 1;
    case 'i32':
      return r - 3;
    case 'i64':
      return r * 1e10;
    case 'i128':
      return BigInt(r) << 70n;
    case 'f64':
      return r === 0 ? 0 : r === 1 ? -0 : r === 2 ? NaN : r / 4;
    case 'view':
      return r % 3 === 0 ? `k${r}` : `a much longer key ${r}`;
  }
}

const SHAPES: readonly (readonly PhysicalType[])[] = [
  ['i32'],
  ['i64'],
  ['f64'],
  ['view'],
  ['bool', 'i32'],
  ['view', 'view'],
  ['i32', 'view', 'i128', 'bool', 'f64', 'i64', 'i32'],
];

for (const keys of SHAPES) {
  test(`groups by ${keys.join(', ')}`, () => {
    for (const [domain, nullShare, rows] of [
      [4, 0, 9],
      [50, 0.2, 1023],
      [3000, 0.05, 2048],
      [3, 1, 100],
    ] as const) {
      resetMemory();
      const random = randomOf(domain + rows);
      const space = new Space(testPages);
      const batches: { columns: Column[]; positions: number[] }[] = [];
      const chunks: number[] = [];
      for (let c = 0; c < 3; c++) {
        const context = makeContext({ physicals: [...keys, 'f64'], loops: sumLoops(keys.length, 0) });
        const chunk = aggregateChunk(context, sumProgram(keys));
        for (let b = 0; b < 4; b++) {
          const columns: Column[] = keys.map((physical) => ({
            physical,
            values: Array.from({ length: rows }, () =>
              random() < nullShare && b > 0 ? null : keyCell(physical, domain, random),
            ),
          }));
          columns.push({ physical: 'f64', values: Array.from({ length: rows }, () => Math.floor(random() * 100)) });
          const positions = Array.from({ length: rows }, (_, i) => i).filter((i) => b % 2 === 0 || i % 3 === 1);
          bindColumns(context.frame, space, columns);
          chunk.beginTask(task(c * 4 + b));
          chunk.consume({ n: positions.length, sel: b % 2 === 0 ? 0 : writeSelection(space, positions) });
          chunk.endTask();
          batches.push({ columns, positions });
        }
        chunks.push(chunk.seal());
      }
      const expected = expectedGroups(batches, keys.length);
      for (const targets of [1, 4, 64]) compare(readGroups(keys, chunks, targets), expected);
      const order = readGroups(keys, [...chunks].reverse(), 1).map((group) => keyText(group.keys));
      assert.equal(order, [...expected.keys()], 'groups come in the order of their first rows');
      const first = expectedGroups(batches.slice(0, 4), keys.length);
      compare(readGroups(keys, chunks.slice(0, 1), 1), first);
    }
  });
}

for (const [name, domain, longKeys] of [
  ['nearly distinct', 1e9, false],
  ['many groups', 300000, false],
  ['nearly distinct long strings', 1e9, true],
] as const) {
  test(`flushes partitions: ${name}`, () => {
    resetMemory();
    const keys: PhysicalType[] = longKeys ? ['view', 'i32'] : ['i64', 'i32'];
    const random = randomOf(domain);
    const space = new Space(testPages);
    const batches: { columns: Column[]; positions: number[] }[] = [];
    const chunks: number[] = [];
    const positions = Array.from({ length: 2048 }, (_, i) => i);
    for (let c = 0; c < 2; c++) {
      const context = makeContext({ physicals: [...keys, 'f64'], loops: sumLoops(keys.length, 0) });
      const chunk = aggregateChunk(context, sumProgram(keys));
      chunk.beginTask(task(c));
      for (let b = 0; b < (longKeys ? 25 : 60); b++) {
        const ids = positions.map(() => Math.floor(random() * domain));
        const columns: Column[] = [
          longKeys ? { physical: 'view', values: ids.map((id) => `the key of group ${id}`) } : { physical: 'i64', values: ids },
          { physical: 'i32', values: ids.map((id) => (id % 5 === 0 ? null : id % 7)) },
          { physical: 'f64', values: positions },
        ];
        bindColumns(context.frame, space, columns);
        chunk.consume({ n: 2048, sel: 0 });
        batches.push({ columns, positions });
      }
      chunk.endTask();
      chunks.push(chunk.seal());
    }
    const stats = chunks.map((chunk) => aggregateChunkStats(views, chunk));
    const expected = expectedGroups(batches, 2);
    assert.ok(decideTargets(stats) > 1);
    assert.is(stats[0]!.partitioned, domain > 1e6);
    for (const targets of [1, decideTargets(stats), 64]) compare(readGroups(keys, chunks, targets), expected);
  });
}

for (const keys of [['view', 'view'], ['i32', 'bool'], ['view'], ['i64']] as const) {
  test(`few groups of ${keys.join(', ')} go through the front cache, and around it`, () => {
    resetMemory();
    const random = randomOf(7);
    const space = new Space(testPages);
    const context = makeContext({ physicals: [...keys, 'f64'], loops: sumLoops(keys.length, 0) });
    const chunk = aggregateChunk(context, sumProgram(keys));
    chunk.beginTask(task(0));
    const batches: { columns: Column[]; positions: number[] }[] = [];
    for (let b = 0; b < 14; b++) {
      const cellOf = (physical: PhysicalType): Cell => {
        const r = Math.floor(random() * (b === 12 ? 4000 : 12));
        if (b === 9 && r === 3) return null;
        if (physical === 'view')
          return b === 11 && r === 5
            ? 'longer than the front can pack'
            : 'abc'.slice(0, r % 4) + (r > 6 && keys.length === 1 ? r : '');
        return physical === 'bool' ? r % 2 === 0 : r;
      };
      const columns: Column[] = keys.map((physical) => ({
        physical,
        values: Array.from({ length: 2048 }, () => cellOf(physical)),
      }));
      columns.push({ physical: 'f64', values: Array.from({ length: 2048 }, (_, i) => i) });
      const positions = Array.from({ length: 2048 }, (_, i) => i).filter((i) => b % 3 !== 1 || i % 2 === 0);
      bindColumns(context.frame, space, columns);
      chunk.consume({ n: positions.length, sel: b % 3 === 1 ? writeSelection(space, positions) : 0 });
      batches.push({ columns, positions });
    }
    chunk.endTask();
    const expected = expectedGroups(batches, keys.length);
    const out = readGroups(keys, [chunk.seal()], 1);
    compare(out, expected);
    assert.equal(
      out.map((group) => keyText(group.keys)),
      [...expected.keys()],
    );
  });
}

test('without keys there is one row, even of nothing', () => {
  resetMemory();
  const space = new Space(testPages);
  const chunks: number[] = [];
  assert.equal(readGroups([], [], 1), [{ keys: [], sum: 0, count: 0 }]);
  for (let c = 0; c < 3; c++) {
    const context = makeContext({ physicals: ['f64'], loops: sumLoops(0, 0) });
    const chunk = aggregateChunk(context, sumProgram([]));
    chunk.beginTask(task(c));
    bindColumns(context.frame, space, [{ physical: 'f64', values: [1, 2, 3, 4] }]);
    chunk.consume({ n: 4, sel: 0 });
    chunk.consume({ n: 2, sel: writeSelection(space, [0, 3]) });
    chunk.endTask();
    chunks.push(chunk.seal());
  }
  assert.equal(readGroups([], chunks.slice(0, 1), 1), [{ keys: [], sum: 15, count: 6 }]);
  assert.equal(readGroups([], chunks, 1), [{ keys: [], sum: 45, count: 18 }]);
});

test('nothing in, no groups', () => {
  resetMemory();
  assert.equal(readGroups(['i32'], [], 1), []);
  const context = makeContext({ physicals: ['i32', 'f64'], loops: sumLoops(1, 0) });
  const chunk = aggregateChunk(context, sumProgram(['i32']));
  assert.equal(readGroups(['i32'], [chunk.seal()], 1), []);
});

test('targets follow the number of groups', () => {
  assert.is(decideTargets([]), 1);
  assert.is(
    decideTargets([
      { groups: 100, partitioned: false },
      { groups: 100, partitioned: false },
    ]),
    1,
  );
  assert.is(decideTargets([{ groups: 50000, partitioned: false }]), 1);
  assert.is(
    decideTargets([
      { groups: 100000, partitioned: false },
      { groups: 100000, partitioned: false },
    ]),
    4,
  );
  assert.is(decideTargets([{ groups: 1e7, partitioned: true }]), 64);
});

test.run();
