import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PhysicalType } from '../../lib/core/types/physical-type.js';
import { Space } from '../../lib/memory/block-space.js';
import { aggregateChunk } from '../../lib/exec/sinks/aggregate.js';
import { aggregateChunkStats } from '../../lib/exec/sinks/aggregate-chunk.js';
import { GroupsSource } from '../../lib/exec/sources/groups.js';
import { sumLoops, sumProgram } from './fake-aggregate.js';
import {
  bindColumns,
  makeContext,
  pages,
  randomOf,
  readSlot,
  resetMemory,
  task,
  testPages,
  views,
  writeSelection,
  type Cell,
} from './harness.js';

const BATCH = 2048;
const GROUPS = 40_000;
const BATCHES = 110;

interface Case {
  readonly name: string;
  readonly keys: readonly PhysicalType[];
  /** What the memory says is left: 256 MiB makes bins so small that they fill on the way; 1 MiB allows none. */
  readonly room: number;
  /** From this batch on some keys and inputs are null. */
  readonly nullsFrom?: number;
  /** In this batch a key is a long string. */
  readonly longAt?: number;
  readonly groups?: number;
}

const MiB = 2 ** 20;
const CASES: readonly Case[] = [
  { name: 'an int', keys: ['i32'], room: 256 * MiB },
  { name: 'an int, large bins', keys: ['i32'], room: 1024 * MiB },
  { name: 'an int, no room', keys: ['i32'], room: MiB },
  { name: 'a string, nulls late', keys: ['view'], room: 256 * MiB, nullsFrom: 80 },
  { name: 'a string and an int, a long one late', keys: ['view', 'i32'], room: 256 * MiB, longAt: 90 },
  { name: 'five keys', keys: ['i64', 'bool', 'f64', 'i128', 'i32'], room: 256 * MiB, nullsFrom: 0 },
  { name: 'more groups than a table holds', keys: ['i64'], room: 256 * MiB, groups: 200_000 },
];

function keyCell(physical: PhysicalType, id: number, long: boolean): Cell {
  switch (physical) {
    case 'view':
      return long && id % 100 === 0 ? `a long string for group ${id}` : `k${id}`;
    case 'i128':
      return BigInt(id) << 70n;
    case 'bool':
      return id % 2 === 0;
    case 'i32':
      // Beyond what the direct tier takes.
      return id * 1000;
    default:
      return id;
  }
}

const keyText = (cells: readonly Cell[]): string =>
  JSON.stringify(cells.map((cell) => (typeof cell === 'bigint' ? `${cell}n` : cell)));

for (const { name, keys, room, nullsFrom = Infinity, longAt = -1, groups = GROUPS } of CASES) {
  test(`rows wait in bins: ${name}`, () => {
    resetMemory();
    pages.room = room;
    const random = randomOf(keys.length);
    const space = new Space(testPages);
    const context = makeContext({ physicals: [...keys, 'f64'], loops: sumLoops(keys.length, 0) });
    const chunk = aggregateChunk(context, { ...sumProgram(keys), inputs: [keys.length] });
    const expected = new Map<string, { sum: number; count: number }>();
    chunk.beginTask(task(0));
    for (let b = 0; b < BATCHES; b++) {
      const ids = Array.from({ length: BATCH }, () => Math.floor(random() * groups));
      const isNull = (id: number): boolean => b >= nullsFrom && id % 9 === 4;
      const columns = [
        ...keys.map((physical) => ({
          physical,
          values: ids.map((id) => (isNull(id) ? null : keyCell(physical, id, b === longAt))),
        })),
        { physical: 'f64' as const, values: ids.map((id, i): Cell => (b >= nullsFrom && i % 5 === 0 ? null : id % 100)) },
      ];
      bindColumns(context.frame, space, columns);
      const positions = ids.map((_, i) => i).filter((i) => b % 3 !== 1 || i % 2 === 0);
      chunk.consume({ n: positions.length, sel: b % 3 === 1 ? writeSelection(space, positions) : 0 });
      for (const position of positions) {
        const text = keyText(columns.slice(0, -1).map(({ values }) => values[position] as Cell));
        const group = expected.get(text) ?? { sum: 0, count: 0 };
        group.sum += columns.at(-1)!.values[position] as number;
        group.count++;
        expected.set(text, group);
      }
    }
    chunk.endTask();
    const sealed = chunk.seal();
    assert.is(aggregateChunkStats(views, sealed).partitioned, room > MiB);
    for (const targets of [1, 4]) {
      const found = readAll(keys, sealed, targets);
      assert.is(found.size, expected.size);
      for (const [text, group] of expected) assert.equal(found.get(text), group, text);
    }
  });
}

function readAll(keys: readonly PhysicalType[], chunk: number, targets: number): Map<string, { sum: number; count: number }> {
  const physicals: PhysicalType[] = [...keys, 'f64', 'f64'];
  const context = makeContext({ physicals, chunks: [chunk], loops: sumLoops(0, keys.length) });
  const source = new GroupsSource(context, { stage: 0, aggregate: sumProgram(keys) });
  const found = new Map<string, { sum: number; count: number }>();
  for (let target = 0; target < targets; target++) {
    source.open(task(target, [target, targets]));
    for (let n = source.next(BATCH); n > 0; n = source.next(BATCH)) {
      const cells = physicals.map((physical, slot) => readSlot(context.frame, slot, physical, n));
      for (let row = 0; row < n; row++) {
        const text = keyText(keys.map((_, key) => cells[key]![row] as Cell));
        assert.not(found.has(text), text);
        found.set(text, { sum: cells[keys.length]![row] as number, count: cells[keys.length + 1]![row] as number });
      }
    }
    source.close();
  }
  return found;
}

test.run();
