import type { DataType } from '../core/types/data-type.js';
import { physicalTypeOf, PHYSICAL_WIDTH } from '../core/types/physical-type.js';
import type { NestedType } from '../core/types/nested.js';
import { PACKED_HEADER_BYTES, PHYSICAL_CODE, VIEW_BYTES, VIEW_INLINE_MAX, VIEW_PREFIX, VIEW_REF } from '../memory/layout.js';
import { describePackedType, SLOT_WIDTH } from '../memory/packed-types.js';
import { SCRATCH_KERNEL_BYTES, type NullFlag, type RowCompiler, type Value } from './emitter.js';
import { I32, OP, type ValueType } from './encoder.js';

/** Code over packed values (memory/packed.ts). Addresses and counts are i32 locals. */

const words = (count: number): readonly ValueType[] => new Array<ValueType>(count).fill(I32);

/** Where a view's bytes are. */
export function packedBytes(e: RowCompiler, view: number): number {
  return e.let(I32, () => {
    e.f.get(view).mem(OP.i32_load, VIEW_REF).get(view).i32(VIEW_PREFIX).op(OP.i32_add);
    e.f.get(view).mem(OP.i32_load).i32(VIEW_INLINE_MAX).op(OP.i32_gt_u, OP.select);
  });
}

/** The array that holds the keys or values of a map. */
export function mapPart(e: RowCompiler, map: number, part: 'keys' | 'values'): number {
  return e.let(I32, () => {
    e.f.get(map).i32(PACKED_HEADER_BYTES).op(OP.i32_add);
    if (part === 'values') e.f.get(map).mem(OP.i32_load).op(OP.i32_add);
  });
}

/** How many elements an array has. */
export function elementCount(e: RowCompiler, array: number): number {
  return e.let(I32, () => e.f.get(array).mem(OP.i32_load));
}

/** The value in a slot of the packed value at `base`; a view is made at `out`. */
function slotValue(e: RowCompiler, type: DataType, base: number, slot: number, offset: number, out: () => number): Value {
  if (physicalTypeOf(type) !== 'view') return e.loadValue(type, slot, offset);
  const place = out();
  e.f.get(place).get(base).get(slot);
  if (offset > 0) e.f.i32(offset).op(OP.i32_add);
  e.kernel('packed_view', words(3), []);
  return e.of(type, place);
}

/** A field of the struct at `base`, whose slot is `offset` bytes behind. */
export function fieldValue(
  e: RowCompiler,
  type: DataType,
  base: number,
  index: number,
  offset: number,
  nullable: boolean,
  out: () => number,
): Value {
  const value = slotValue(e, type, base, base, offset, out);
  if (!nullable) return value;
  const isNull = e.let(I32, () => {
    e.f.get(base).mem(OP.i32_load8_u, index >>> 3);
    e.f
      .i32(index & 7)
      .op(OP.i32_shr_u)
      .i32(1)
      .op(OP.i32_and);
  });
  return { ...value, null: isNull };
}

/** An element of the array at `base`; null where `inside` (0 or 1) is 0 or the element is null. */
export function elementValue(
  e: RowCompiler,
  type: DataType,
  base: number,
  index: number,
  inside: NullFlag,
  out: () => number,
): Value {
  const { f } = e;
  const slot = f.local(I32);
  f.i32(0).set(slot);
  const find = (): void => {
    f.get(base).get(index).i32(SLOT_WIDTH[physicalTypeOf(type)]);
    e.kernel('packed_element', words(3), [I32]);
    f.set(slot);
  };
  if (inside === false) find();
  else e.when(inside, find);
  const isNull = e.let(I32, () => f.get(slot).op(OP.i32_eqz));
  // Address 0 is there to be read, whatever lies at it.
  if (physicalTypeOf(type) !== 'view') return { ...e.loadValue(type, slot), null: isNull };
  const place = out();
  f.get(slot).if();
  f.get(place).get(base).get(slot);
  e.kernel('packed_view', words(3), []);
  f.end();
  return { ...e.of(type, place), null: isNull };
}

/** A loop over the elements of an array; `stop` leaves it. Elements that are views lie in one place, again and again. */
export function forElements(
  e: RowCompiler,
  type: DataType,
  array: number,
  count: number,
  body: (element: Value, index: number, stop: () => void) => void,
): void {
  const { f } = e;
  const place = physicalTypeOf(type) === 'view' ? e.context.viewPlace() : -1;
  const index = f.local(I32);
  f.i32(0).set(index);
  const done = f.block();
  const top = f.loop();
  f.get(index).get(count).op(OP.i32_ge_u).brIf(done);
  e.scoped(() => {
    const element = elementValue(e, type, array, index, false, () => place);
    body(element, index, () => void f.br(done));
  });
  f.get(index).i32(1).op(OP.i32_add).set(index).br(top);
  f.end().end();
}

/** Room for values of a type and a null byte for each, which a kernel packs: addresses of both. */
export interface PackVector {
  readonly type: DataType;
  readonly values: number;
  readonly nulls: number;
}

const vectorWidth = (type: DataType): number => PHYSICAL_WIDTH[physicalTypeOf(type)];

/** Vectors for so many values each: in scratch where they fit, else in the heap. */
export function vectorsFor(e: RowCompiler, types: readonly DataType[], count: number): PackVector[] {
  const widths = types.map(vectorWidth);
  const bytes = widths.reduce((sum, width) => sum + align(count * width) + align(count), 0);
  const base =
    bytes <= SCRATCH_KERNEL_BYTES
      ? e.scratch()
      : e.let(I32, () => {
          e.f.get(e.heap()).i32(bytes);
          e.kernel('csvAllocate', words(2), [I32]);
        });
  let at = 0;
  const place = (size: number): number => {
    const offset = at;
    at += align(size);
    return offset === 0 ? base : e.let(I32, () => e.f.get(base).i32(offset).op(OP.i32_add));
  };
  return types.map((type, i) => ({ type, values: place(count * widths[i]!), nulls: place(count) }));
}

const align = (bytes: number): number => (bytes + 15) & ~15;

/** The same where the number of values is only known at run time: in the heap. */
export function vectorOfCount(e: RowCompiler, type: DataType, count: number): PackVector {
  const room = (width: number): number =>
    e.let(I32, () => {
      // A whole word more: counts of nothing are addresses too.
      e.f.get(e.heap()).get(count).i32(width).op(OP.i32_mul).i32(8).op(OP.i32_add);
      e.kernel('csvAllocate', words(2), [I32]);
    });
  return { type, values: room(vectorWidth(type)), nulls: room(1) };
}

/** Stores a value at a fixed place of a vector. */
export function storeAt(
  e: RowCompiler,
  vector: PackVector,
  index: number,
  value: Value,
  stride = vectorWidth(vector.type),
): void {
  e.storeValue(vector.values, index * stride, value);
  e.f.get(vector.nulls);
  pushNull(e, value.null);
  e.f.mem(OP.i32_store8, index);
}

/** Stores it at a place that a local tells. */
export function storeAtLocal(e: RowCompiler, vector: PackVector, index: number, value: Value): void {
  const { f } = e;
  const address = e.let(I32, () => f.get(vector.values).get(index).i32(vectorWidth(vector.type)).op(OP.i32_mul, OP.i32_add));
  e.storeValue(address, 0, value);
  f.get(vector.nulls).get(index).op(OP.i32_add);
  pushNull(e, value.null);
  f.mem(OP.i32_store8);
}

function pushNull(e: RowCompiler, flag: NullFlag): void {
  if (flag === false) e.f.i32(0);
  else e.f.get(flag);
}

/** Packs the first `count` values (a number, or what a callback pushes) of a vector as an array. */
export function packArray(e: RowCompiler, vector: PackVector, pushCount: () => void, out: number): void {
  e.f.i32(codeOf(vector.type)).get(vector.values).get(vector.nulls).i32(0);
  pushCount();
  e.f.get(out).get(e.heap());
  e.kernel('packArray', words(7), []);
}

/** Packs one map of the first values of two vectors. */
export function packMap(e: RowCompiler, keys: PackVector, values: PackVector, pushCount: () => void, out: number): void {
  const { f } = e;
  const offsets = e.context.viewPlace();
  f.get(offsets).i32(0).mem(OP.i32_store);
  f.get(offsets);
  pushCount();
  f.mem(OP.i32_store, 4);
  f.i32(codeOf(keys.type)).get(keys.values).i32(codeOf(values.type)).get(values.values).get(values.nulls);
  f.get(offsets).i32(0).i32(1).get(out).get(e.heap());
  e.kernel('packMaps', words(10), []);
}

/** Packs one struct of values that are computed already. */
export function packStruct(e: RowCompiler, values: readonly Value[], out: number): void {
  const count = values.length;
  const [cells] = vectorsFor(e, [{ kind: 'string' }], count) as [PackVector];
  values.forEach((value, i) => storeAt(e, cells, i, value, VIEW_BYTES));
  const codes = e.parameterBytes(Uint8Array.from(values, ({ type }) => codeOf(type)));
  e.f.get(codes).get(cells.values).get(cells.nulls).i32(count).get(out).get(e.heap());
  e.kernel('packStruct1', words(6), []);
}

const codeOf = (type: DataType): number => PHYSICAL_CODE[physicalTypeOf(type)];

/** Local with the address of a type's description for kernels. */
export function typeDescription(e: RowCompiler, type: NestedType): number {
  return e.parameterBytes(describePackedType(type));
}
