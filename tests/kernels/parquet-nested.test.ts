import * as assert from 'uvu/assert';
import { levelsOf, type Entry, type LevelNode, type NestedValue } from '../../lib/kernels/reference/nested-levels.js';
import { seededRandom, type Random } from '../support/random.js';
import { suite } from '../support/suite.js';
import { bytesAt, checkSpans, kernel, resetSpans, setBytes, span, u32At } from './spans.js';

const test = suite('kernels: nested levels');

function pathOf(random: Random): LevelNode[] {
  const path: LevelNode[] = Array.from({ length: random.below(5) }, () => ({
    kind: random.pick(['list', 'struct'] as const),
    optional: random.bool(),
  }));
  return [...path, { kind: 'leaf', optional: random.bool() }];
}

function valueOf(path: readonly LevelNode[], level: number, random: Random): NestedValue {
  const node = path[level]!;
  if (node.optional && random.bool(0.3)) return null;
  if (node.kind === 'leaf') return true;
  if (node.kind === 'struct') return { field: valueOf(path, level + 1, random) };
  return Array.from({ length: random.pick([0, 1, 2, 3, 9]) }, () => valueOf(path, level + 1, random));
}

/** What vectors of a node look like: null bytes of its slots, and for a list where its elements are. */
interface NodeVectors {
  readonly nulls: number[];
  readonly offsets: number[];
}

/** The vectors of all nodes, from rows down; the slots of a node below a null struct or row are null ones. */
function vectorsOf(path: readonly LevelNode[], rows: readonly NestedValue[]): NodeVectors[] {
  let slots: readonly NestedValue[] = rows;
  return path.map((node) => {
    const nulls = slots.map((slot) => (slot === null ? 1 : 0));
    const offsets = [0];
    if (node.kind === 'list') {
      const below: NestedValue[] = [];
      for (const slot of slots) {
        below.push(...((slot ?? []) as readonly NestedValue[]));
        offsets.push(below.length);
      }
      slots = below;
    } else if (node.kind === 'struct') {
      slots = slots.map((slot) => (slot === null ? null : (slot as { field: NestedValue }).field));
    }
    return { nulls, offsets };
  });
}

/** The definition levels that kernels are told, for each node. */
function levelsOfNodes(path: readonly LevelNode[]): { slotDef: number; presentDef: number; depth: number }[] {
  let def = 0;
  let slotDef = 0;
  let depth = 0;
  return path.map((node) => {
    const presentDef = def + (node.optional ? 1 : 0);
    const told = { slotDef, presentDef, depth };
    def = presentDef;
    if (node.kind === 'list') {
      def++;
      slotDef = def;
      depth++;
    }
    return told;
  });
}

const defBytes = (entries: readonly Entry[]): Uint8Array => Uint8Array.from(entries, ({ def }) => def);
const repBytes = (entries: readonly Entry[]): Uint8Array => Uint8Array.from(entries, ({ rep }) => rep);

/** Bytes: the level of an element of each depth. */
function elementDefs(path: readonly LevelNode[]): number[] {
  const told = levelsOfNodes(path);
  return [0, ...told.filter((_, i) => path[i]!.kind === 'list').map(({ presentDef }) => presentDef + 1)];
}

test('levels become offsets and null bytes', () => {
  const random = seededRandom('nested');
  for (let round = 0; round < 1500; round++) {
    const path = pathOf(random);
    const rows = Array.from({ length: random.pick([0, 1, 5, 40]) }, () => valueOf(path, 0, random));
    const entries = rows.flatMap((row) => levelsOf(path, row));
    const m = entries.length;
    resetSpans();
    const defs = span(defBytes(entries)).at;
    const reps = span(repBytes(entries)).at;
    const told = levelsOfNodes(path);
    const depths = elementDefs(path);
    const mostDef = told.at(-1)!.presentDef;
    assert.is(kernel('levelsCheck')(defs, reps, m, mostDef, depths.length - 1, span(depths).at, 0), 0);
    assert.is(kernel('levelRows')(reps, m), rows.length);
    const some = random.between(0, rows.length);
    assert.is(kernel('levelEntries')(reps, m, some), rows.slice(0, some).flatMap((row) => levelsOf(path, row)).length);
    assert.is(kernel('levelsEqual')(defs, m, mostDef), entries.filter(({ def }) => def === mostDef).length);

    const wanted = vectorsOf(path, rows);
    path.forEach((node, i) => {
      const { slotDef, presentDef, depth } = told[i]!;
      const nulls = span(m, 1);
      if (node.kind === 'list') {
        const offsets = span(4 * m + 4);
        const lists = kernel('listOffsets')(defs, reps, m, depth + 1, slotDef, presentDef, presentDef + 1, offsets.at, nulls.at);
        assert.equal(Array.from(bytesAt(nulls.at, lists)), wanted[i]!.nulls);
        assert.equal(u32At(offsets.at, lists + 1), wanted[i]!.offsets);
      } else {
        const slots = kernel('slotNulls')(defs, reps, m, depth, slotDef, presentDef, nulls.at);
        assert.equal(Array.from(bytesAt(nulls.at, slots)), wanted[i]!.nulls);
      }
    });
    checkSpans('assembly');
  }
});

test('levels that do not fit together are refused', () => {
  const random = seededRandom('damaged levels');
  const check = (defs: readonly number[], reps: readonly number[], inRow = 0): number => {
    resetSpans();
    const [d, r] = [span(defs).at, span(reps).at];
    return kernel('levelsCheck')(d, r, defs.length, 3, 1, span([0, 2]).at, inRow);
  };
  assert.is(check([3, 3, 1, 0], [0, 1, 0, 0]), 0);
  assert.is(check([4], [0]), -1, 'a definition level too high');
  assert.is(check([3], [2]), -1, 'a repetition level too high');
  assert.is(check([3], [1]), -1, 'begins within a row');
  assert.is(check([3], [1], 1), 0, 'of a page before');
  assert.is(check([1, 3], [0, 1]), -1, 'an empty list goes on');
  assert.is(check([3, 1], [0, 1]), -1, 'an element that is none');
  assert.is(check([0, 0, 3], [0, 1, 0]), 0, 'a null list that says so twice, as DuckDB has it');
  assert.is(check([0], [1]), -1, 'a null list that goes on from nowhere');
  assert.is(check([0, 0, 3], [0, 1, 1]), -1, 'elements of a null list');

  // Whatever passes the check, the kernels stay within what they are given.
  for (let round = 0; round < 3000; round++) {
    const m = random.below(30);
    const path = pathOf(random);
    const depths = elementDefs(path);
    const told = levelsOfNodes(path);
    const mostDef = told.at(-1)!.presentDef;
    const defs = Uint8Array.from({ length: m }, () => random.below(mostDef + 2));
    const reps = Uint8Array.from({ length: m }, () => random.below(depths.length));
    resetSpans();
    const [d, r] = [span(defs).at, span(reps).at];
    kernel('levelsCheck')(d, r, m, mostDef, depths.length - 1, span(depths).at, 0);
    path.forEach((node, i) => {
      const { slotDef, presentDef, depth } = told[i]!;
      const nulls = span(m, 1);
      setBytes(nulls.at, new Uint8Array(m));
      const offsets = span(4 * m + 4).at;
      const slots =
        node.kind === 'list'
          ? kernel('listOffsets')(d, r, m, depth + 1, slotDef, presentDef, presentDef + 1, offsets, nulls.at)
          : kernel('slotNulls')(d, r, m, depth, slotDef, presentDef, nulls.at);
      assert.ok(slots <= m);
    });
    checkSpans('damaged levels');
  }
});

test.run();
