import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadedColumn } from '../../lib/core/physical/stage-program.js';
import type { PhysicalType } from '../../lib/core/types/physical-type.js';
import { columnRecord, ColumnWord, readBlock } from '../../lib/memory/block.js';
import { Space } from '../../lib/memory/block-space.js';
import { BLOCK_FLAG_CODES } from '../../lib/memory/layout.js';
import { aggregateChunk } from '../../lib/exec/sinks/aggregate.js';
import { CollectChunk, collectedBlocks } from '../../lib/exec/sinks/collect.js';
import { BlocksSource } from '../../lib/exec/sources/blocks.js';
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
} from './harness.js';

const PHYSICALS: readonly PhysicalType[] = ['view', 'view', 'i32', 'bool', 'f64'];
const BATCH = 2048;

interface Stored {
  readonly rows: Cell[][];
  readonly blocks: readonly number[];
}

type MakeText = (random: () => number) => string;
const few =
  (domain: number): MakeText =>
  (random) =>
    `v${Math.floor(random() * domain)}`;
const LONG: MakeText = (random) => `a string beyond twelve bytes ${Math.floor(random() * 3)}`;

/** Cached blocks of a task each, with the rows they hold. */
function store(texts: readonly MakeText[], tasks: number, batches: number, nullShare: number): Stored {
  const random = randomOf(batches + tasks);
  const space = new Space(testPages);
  const context = makeContext({ physicals: PHYSICALS });
  const chunk = new CollectChunk(context, { retain: 'cache' });
  const rows: Cell[][] = [];
  for (let ordinal = 0; ordinal < tasks; ordinal++) {
    chunk.beginTask(task(ordinal));
    for (let b = 0; b < batches; b++) {
      const columns = PHYSICALS.map((physical, c) => ({
        physical,
        values: Array.from({ length: BATCH }, (): Cell => {
          if (random() < nullShare && c < 4) return null;
          if (physical === 'view') return texts[(ordinal + c) % texts.length]!(random);
          return physical === 'bool'
            ? random() < 0.5
            : physical === 'i32'
              ? Math.floor(random() * 5)
              : Math.floor(random() * 100);
        }),
      }));
      bindColumns(context.frame, space, columns);
      chunk.consume({ n: BATCH, sel: 0 });
      for (let i = 0; i < BATCH; i++) rows.push(columns.map(({ values }) => values[i] as Cell));
    }
    chunk.endTask();
  }
  return { rows, blocks: collectedBlocks(views, [chunk.seal()]).map(({ address }) => address) };
}

const isCoded = (block: number, column: number): boolean =>
  (views.u32[columnRecord(block, column) + ColumnWord.flags]! & BLOCK_FLAG_CODES) !== 0;

for (const [name, texts, coded] of [
  ['two', [few(2)], true],
  ['256', [few(256)], true],
  ['257', [few(257)], false],
  ['long', [LONG], false],
] as const) {
  for (const nullShare of [0, 0.2]) {
    test(`cached strings, ${name} different, null share ${nullShare}, come back`, () => {
      resetMemory();
      const { rows, blocks } = store(texts, 2, 2, nullShare);
      const source = new BlocksSource(makeContext({ physicals: PHYSICALS }), blocks);
      for (const block of blocks) assert.is(isCoded(block, 0), coded && !(nullShare > 0 && name === '256'));
      const read = blocks.flatMap((address) => {
        const block = readBlock(views, address);
        const column = block.column(0);
        return Array.from({ length: block.rows }, (_, row) => (column.isNull(row) ? null : column.stringAt(row)));
      });
      assert.equal(
        read,
        rows.map(([text]) => text),
      );
      for (const step of [1, 3]) {
        const reader = makeContext({ physicals: PHYSICALS });
        const space = new Space(testPages);
        const windows = new BlocksSource(reader, blocks);
        windows.open(task(0, [0, 0, blocks.length, 0]));
        let at = 0;
        for (let n = windows.next(1000); n > 0; n = windows.next(1000)) {
          const positions = Array.from({ length: n }, (_, i) => i).filter((i) => i % step === 0);
          windows.load([{ column: 1, slot: 1 }], step === 1 ? 0 : writeSelection(space, positions), positions.length);
          const cells = readSlot(reader.frame, 1, 'view', n);
          for (const position of positions) assert.is(cells[position], rows[at + position]![1]);
          at += n;
        }
        assert.is(at, rows.length);
      }
      source.close();
    });
  }
}

for (const [name, texts] of [
  ['few strings', [few(3), few(4)]],
  ['more strings in all than a dictionary holds', [few(200), (random: () => number) => `w${few(200)(random)}`]],
  ['many strings in some tasks', [few(5), few(3000)]],
  ['long strings in some tasks', [few(5), LONG]],
] as const) {
  for (const keys of [[0], [0, 1], [1, 2, 3], [2], [3]]) {
    for (const nullShare of [0, 0.1]) {
      test(`groups of cached ${name} by columns ${keys.join(', ')}, null share ${nullShare}`, () => {
        resetMemory();
        const { rows, blocks } = store(texts, 6, 3, nullShare);
        checkGroups(rows, blocks, keys);
      });
    }
  }
}

function checkGroups(rows: readonly Cell[][], blocks: readonly number[], keys: readonly number[]): void {
  const columns: LoadedColumn[] = [...keys, 4].map((column, slot) =>
    PHYSICALS[column] === 'view' ? { column, slot, coded: 'short' } : { column, slot },
  );
  const physicals = [...keys, 4].map((column) => PHYSICALS[column]!);
  const context = makeContext({ physicals, loops: sumLoops(keys.length, 0), steps: [{ kind: 'load', columns }] });
  const program = sumProgram(physicals.slice(0, -1));
  const chunk = aggregateChunk(context, program);
  const space = new Space(testPages);
  const source = new BlocksSource(context, blocks);
  source.open(task(0, [0, 0, blocks.length, 0]));
  chunk.beginTask(task(0));
  const expected = new Map<string, { sum: number; count: number }>();
  let at = 0;
  for (let n = source.next(1000), batch = 0; n > 0; n = source.next(1000), batch++) {
    const positions = Array.from({ length: n }, (_, i) => i).filter((i) => batch % 3 === 0 || i % 4 === 1);
    const sel = batch % 3 === 0 ? 0 : writeSelection(space, positions);
    source.load(columns, sel, positions.length);
    chunk.consume({ n: positions.length, sel });
    for (const position of positions) {
      const row = rows[at + position]!;
      const text = JSON.stringify(keys.map((key) => row[key]));
      const group = expected.get(text) ?? { sum: 0, count: 0 };
      expected.set(text, { sum: group.sum + (row[4] as number), count: group.count + 1 });
    }
    at += n;
  }
  chunk.endTask();
  const chunks = [chunk.seal()];
  const merged = makeContext({ physicals: [...physicals, 'f64'], chunks, loops: sumLoops(0, keys.length) });
  const groups = new GroupsSource(merged, { stage: 0, aggregate: program });
  groups.open(task(0, [0, 1]));
  const found = new Map<string, { sum: number; count: number }>();
  for (let n = groups.next(2048); n > 0; n = groups.next(2048)) {
    const cells = [...physicals, 'f64' as const].map((physical, slot) => readSlot(merged.frame, slot, physical, n));
    for (let i = 0; i < n; i++) {
      const text = JSON.stringify(keys.map((_, key) => cells[key]![i]));
      found.set(text, { sum: cells[keys.length]![i] as number, count: cells[keys.length + 1]![i] as number });
    }
  }
  // Groups come in the order in which they first appeared.
  assert.equal([...found], [...expected]);
}

test.run();
