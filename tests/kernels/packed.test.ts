import fc from 'fast-check';
import * as assert from 'uvu/assert';
import * as T from '../../lib/core/types/data-type.js';
import type { DataType } from '../../lib/core/types/data-type.js';
import { DEFAULT_VALUE_OPTIONS } from '../../lib/core/types/javascript-values.js';
import { PHYSICAL_WIDTH, physicalTypeOf } from '../../lib/core/types/physical-type.js';
import { FRAME_HEAP, PHYSICAL_CODE, VIEW_INLINE_MAX } from '../../lib/memory/layout.js';
import { hasDoubles, type NestedType } from '../../lib/core/types/nested.js';
import { describePackedType } from '../../lib/memory/packed-types.js';
import { readValues } from '../../lib/memory/values.js';
import { writeValue } from '../../lib/memory/write-values.js';
import { allocate, kernels, openFrame, views } from '../codegen/world.js';
import { orderOf } from '../support/nested-order.js';
import { anyTypes, nestedTypes, shown, valuesOf } from '../support/nested.js';
import { defaultSeed } from '../support/random.js';
import { suite } from '../support/suite.js';

const test = suite('kernels: packed values');
const seed = defaultSeed();
console.log(`  packed: QUERN_SEED=${seed}`);

interface Vector {
  readonly values: number;
  readonly nulls: number;
}

function vector(type: DataType, values: readonly unknown[]): Vector {
  const target = {
    type,
    values: allocate(values.length * PHYSICAL_WIDTH[physicalTypeOf(type)] + 16),
    nulls: allocate(values.length + 1),
  };
  values.forEach((value, i) => writeValue(views, target, i, value, allocate));
  return target;
}

function words(...values: number[]): number {
  const at = allocate(values.length * 4);
  values.forEach((value, i) => void (views.u32[(at >>> 2) + i] = value));
  return at;
}

const code = (type: DataType): number => PHYSICAL_CODE[physicalTypeOf(type)];

function bytesAt(view: number): string {
  const length = views.u32[view >>> 2]!;
  const at = length <= VIEW_INLINE_MAX ? view + 4 : views.u32[(view + 8) >>> 2]!;
  return Buffer.from(views.u8.slice(at, at + length)).toString('hex');
}

/** What kernels packed has the bytes that JavaScript packs, and reads back as what went in. */
function checkPacked(type: NestedType, values: readonly unknown[], views_: number): void {
  const expected = vector(type, values);
  values.forEach((value, k) => {
    if (value !== null) assert.is(bytesAt(views_ + k * 16), bytesAt(expected.values + k * 16), shown(value));
  });
  const nulls = views.u8.slice(expected.nulls, expected.nulls + values.length);
  const back = readValues(views, type, { values: views_, nulls, base: 0 }, 0, values.length, DEFAULT_VALUE_OPTIONS);
  assert.is(shown(back), shown(values));
}

const offsetsOf = (counts: readonly number[]): number[] => counts.reduce((sums, n) => [...sums, sums.at(-1)! + n], [0]);

const runs = { seed, numRuns: 150 };

test('arrays of vectors', () => {
  const cases = anyTypes.chain((element) =>
    fc.tuple(fc.constant(element), fc.array(valuesOf(T.array(element)), { maxLength: 9 })),
  );
  fc.assert(
    fc.property(cases, ([element, arrays]) => {
      const heap = openFrame(new Uint8Array(0)) + FRAME_HEAP;
      const lists = arrays.map((array) => (array ?? []) as unknown[]);
      const child = vector(element, lists.flat(1));
      const offsets = words(...offsetsOf(lists.map(({ length }) => length)));
      const own = vector(
        T.BOOLEAN,
        arrays.map((array) => (array === null ? null : true)),
      );
      const out = allocate(arrays.length * 16 + 16);
      kernels['packArrays']!(code(element), child.values, child.nulls, offsets, own.nulls, arrays.length, out, heap);
      checkPacked(T.array(element), arrays, out);
    }),
    runs,
  );
});

test('structs of vectors', () => {
  const type = fc
    .array(anyTypes, { minLength: 1, maxLength: 70, size: 'small' })
    .map((types) => T.struct(types.map((t, i) => T.field(`f${i}`, t))));
  const cases = type.chain((of) => fc.tuple(fc.constant(of), fc.array(valuesOf(of), { maxLength: 5 })));
  fc.assert(
    fc.property(cases, ([of, structs]) => {
      const heap = openFrame(new Uint8Array(0)) + FRAME_HEAP;
      const records = of.fields.flatMap(({ name, type: t }) => {
        const { values, nulls } = vector(
          t,
          structs.map((value) => (value === null ? null : (value as Record<string, unknown>)[name])),
        );
        return [code(t), values, nulls, 0];
      });
      const own = vector(
        T.BOOLEAN,
        structs.map((value) => (value === null ? null : true)),
      );
      const out = allocate(structs.length * 16 + 16);
      kernels['packStructs']!(words(...records), of.fields.length, own.nulls, structs.length, out, heap);
      checkPacked(of, structs, out);
    }),
    runs,
  );
});

test('maps of vectors', () => {
  const cases = anyTypes.chain((value) =>
    fc.tuple(fc.constant(value), fc.array(valuesOf(T.map(T.STRING, value)), { maxLength: 5 })),
  );
  fc.assert(
    fc.property(cases, ([value, maps]) => {
      const heap = openFrame(new Uint8Array(0)) + FRAME_HEAP;
      const entries = maps.map((map) => [...((map ?? new Map()) as Map<string, unknown>)]);
      const keys = vector(
        T.STRING,
        entries.flat(1).map(([key]) => key),
      );
      const values = vector(
        value,
        entries.flat(1).map(([, item]) => item),
      );
      const offsets = words(...offsetsOf(entries.map(({ length }) => length)));
      const own = vector(
        T.BOOLEAN,
        maps.map((map) => (map === null ? null : true)),
      );
      const out = allocate(maps.length * 16 + 16);
      kernels['packMaps']!(
        ...([
          PHYSICAL_CODE.view,
          keys.values,
          code(value),
          values.values,
          values.nulls,
          offsets,
          own.nulls,
          maps.length,
          out,
          heap,
        ] as number[]),
      );
      checkPacked(T.map(T.STRING, value), maps, out);
    }),
    runs,
  );
});

test('comparison, sort keys and canonical bytes agree with the order of values', () => {
  const cases = nestedTypes.chain((type) =>
    fc.tuple(fc.constant(type), fc.array(valuesOf(type, false), { minLength: 2, maxLength: 8 })),
  );
  fc.assert(
    fc.property(cases, ([type, values]) => {
      const heap = openFrame(new Uint8Array(0)) + FRAME_HEAP;
      const of = type as NestedType;
      const described = describePackedType(of);
      const types = allocate(described.length);
      views.u8.set(described, types);
      const { values: at } = vector(type, values);
      const place = allocate(32);
      const made = (kernel: string, i: number): string => {
        kernels[kernel]!(types, at + i * 16, place, heap);
        return bytesAt(place);
      };
      for (let i = 0; i < values.length; i++) {
        for (let j = 0; j < values.length; j++) {
          const expected = Math.sign(orderOf(type, values[i], values[j]));
          const what = `${T.typeName(type)}: ${shown(values[i])} and ${shown(values[j])}`;
          assert.is(Math.sign(kernels['packed_compare']!(types, at + i * 16, at + j * 16)), expected, what);
          const [x, y] = [made('packed_sort_key', i), made('packed_sort_key', j)];
          assert.is(x < y ? -1 : x > y ? 1 : 0, expected, `keys of ${what}`);
          if (hasDoubles(type))
            assert.is(made('packed_canonical', i) === made('packed_canonical', j), expected === 0, `canonical ${what}`);
        }
      }
    }),
    { seed, numRuns: 150 },
  );
});

test('rows out of arrays, in pieces of any size', () => {
  const elements = valuesOf(T.array(T.STRING));
  const cases = fc.tuple(
    fc.array(elements, { minLength: 1, maxLength: 12 }),
    fc.integer({ min: 1, max: 9 }),
    fc.boolean(),
    fc.boolean(),
  );
  fc.assert(
    fc.property(cases, ([arrays, capacity, outer, selected]) => {
      openFrame(new Uint8Array(0));
      const { values, nulls } = vector(T.array(T.STRING), arrays);
      const live = arrays.map((_, i) => i).filter((i) => !selected || i % 2 === 0);
      const expected = live.flatMap((row) => {
        const list = (arrays[row] ?? []) as unknown[];
        return list.length === 0 && outer ? [[row, -1, null]] : list.map((item, i) => [row, i, item]);
      });
      const sel = selected ? words(...live) : 0;
      const [cursor, rows, indexes] = [words(0, 0), allocate(64), allocate(64)];
      const [out, outNulls] = [allocate(256), allocate(16)];
      const actual: unknown[] = [];
      while (views.u32[cursor >>> 2]! < live.length) {
        const n = kernels['packed_explode_rows']!(
          ...([values, nulls, sel, live.length, 0, outer ? 1 : 0, cursor, capacity, rows, indexes] as number[]),
        );
        kernels['packed_explode']!(PHYSICAL_CODE.view, values, 0, rows, indexes, n, out, outNulls);
        const texts = readValues(
          views,
          T.STRING,
          { values: out, nulls: views.u8.slice(outNulls, outNulls + n), base: 0 },
          0,
          n,
          DEFAULT_VALUE_OPTIONS,
        );
        for (let k = 0; k < n; k++) actual.push([views.u32[(rows >>> 2) + k], views.i32[(indexes >>> 2) + k], texts[k]]);
      }
      assert.is(shown(actual), shown(expected));
    }),
    runs,
  );
});

test.run();
