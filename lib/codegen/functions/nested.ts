import type { BoundCall } from '../../core/expr/bound.js';
import { BOOLEAN, decimal, type DataType, type TypeOf } from '../../core/types/data-type.js';
import type { NestedType } from '../../core/types/nested.js';
import { structLayout } from '../../memory/packed-types.js';
import { compare } from '../compare.js';
import { guarded, lazy, type Emitter, type FunctionTable, type RowCompiler, type Value } from '../emitter.js';
import { I32, I64, OP } from '../encoder.js';
import {
  elementCount,
  elementValue,
  fieldValue,
  forElements,
  mapPart,
  packArray,
  packedBytes,
  packMap,
  packStruct,
  storeAt,
  storeAtLocal,
  typeDescription,
  vectorOfCount,
  vectorsFor,
} from '../packed.js';

/** Arrays, structs and maps, by codegen/packed.ts and the kernels of kernels/assembly/packed*.ts. */

const typeOf = <K extends NestedType['kind']>(value: Value): TypeOf<K> => value.type as TypeOf<K>;

/** The number that a literal argument is. */
function numberOf(e: RowCompiler, call: BoundCall, index: number): number {
  return Number(e.literal(call.args[index]!));
}

// ---- looking into them

const getField: Emitter = guarded((e, args, call) => {
  const type = typeOf<'struct'>(args[0]!);
  const index = numberOf(e, call, 1);
  const base = packedBytes(e, args[0]!.local);
  return fieldValue(e, call.type, base, index, structLayout(type).slots[index]!, type.fields[index]!.nullable, () =>
    e.viewTarget(),
  );
});

/** The same field of every struct of an array. */
const getArrayFields: Emitter = guarded((e, args, call) => {
  const struct = typeOf<'array'>(args[0]!).element as TypeOf<'struct'>;
  const index = numberOf(e, call, 1);
  const field = struct.fields[index]!;
  const out = e.viewTarget();
  const array = packedBytes(e, args[0]!.local);
  const count = elementCount(e, array);
  const vector = vectorOfCount(e, field.type, count);
  const place = e.context.viewPlace();
  forElements(e, struct, array, count, (element, i) => {
    const value = e.variable(field.type);
    e.assign(value, e.nullOf(field.type));
    const present = e.let(I32, () => e.f.get(element.null as number).op(OP.i32_eqz));
    e.when(present, () => {
      const base = packedBytes(e, element.local);
      e.assign(
        value,
        fieldValue(e, field.type, base, index, structLayout(struct).slots[index]!, field.nullable, () => place),
      );
    });
    storeAtLocal(e, vector, i, value.value());
  });
  packArray(e, vector, () => e.f.get(count), out);
  return e.of(call.type, out);
});

/** Both as the operand of an error. */
function indexAndSize(e: RowCompiler, index: number, count: number): Value {
  const low = e.let(I64, () => e.f.get(index).op(OP.i64_extend_i32_s));
  const high = e.let(I64, () => e.f.get(count).op(OP.i64_extend_i32_s));
  return e.of(decimal(38, 0), low, false, high);
}

/** The element at an index from 0; `failure`: what it raises outside of the array. */
const arrayItem = (failure: 'INVALID_ARRAY_INDEX' | undefined): Emitter =>
  guarded((e, args, call) => {
    const array = packedBytes(e, args[0]!.local);
    const count = elementCount(e, array);
    const inside = e.let(I32, () => e.f.get(args[1]!.local).get(count).op(OP.i32_lt_u));
    if (failure !== undefined) {
      const outside = e.let(I32, () => e.f.get(inside).op(OP.i32_eqz));
      e.failIf(outside, { code: failure, node: call, operand: indexAndSize(e, args[1]!.local, count) });
    }
    return elementValue(e, call.type, array, args[1]!.local, inside, () => e.viewTarget());
  });

/** The element at a place from 1, or from the end. */
const elementAt: Emitter = guarded((e, args, call) => {
  const { f } = e;
  const place = args[1]!.local;
  const isZero = e.let(I32, () => f.get(place).op(OP.i32_eqz));
  // An error for try_element_at, too.
  e.failIf(isZero, { code: 'INVALID_INDEX_OF_ZERO', node: { ...call, fn: 'element_at' } });
  const array = packedBytes(e, args[0]!.local);
  const count = elementCount(e, array);
  const index = e.let(I32, () => {
    f.get(place).i32(1).op(OP.i32_sub).get(place).get(count).op(OP.i32_add).get(place).i32(0).op(OP.i32_gt_s, OP.select);
  });
  // A place far below the beginning wraps around to no small index: counts are less than 2^31.
  const inside = e.let(I32, () => f.get(index).get(count).op(OP.i32_lt_u));
  const outside = e.let(I32, () => f.get(inside).get(isZero).op(OP.i32_or, OP.i32_eqz));
  e.failIf(outside, { code: 'INVALID_ARRAY_INDEX_IN_ELEMENT_AT', node: call, operand: indexAndSize(e, place, count) });
  return elementValue(e, call.type, array, index, inside, () => e.viewTarget());
});

/** Local with the index of a map's key, −1 where it has none. */
function findKey(e: RowCompiler, map: Value, bytes: number, key: Value): number {
  const { f } = e;
  const type = typeOf<'map'>(map);
  const keys = mapPart(e, bytes, 'keys');
  const count = elementCount(e, keys);
  const found = f.local(I32);
  f.i32(-1).set(found);
  forElements(e, type.key, keys, count, (element, index, stop) => {
    const equal = compare(e, '=', { ...element, null: false }, key);
    f.get(equal).if();
    f.get(index).set(found);
    stop();
    f.end();
  });
  return found;
}

const mapValue: Emitter = guarded((e, args, call) => {
  const [map, key] = args as [Value, Value];
  const bytes = packedBytes(e, map.local);
  const found = findKey(e, map, bytes, key);
  const inside = e.let(I32, () => e.f.get(found).i32(0).op(OP.i32_ge_s));
  return elementValue(e, call.type, mapPart(e, bytes, 'values'), found, inside, () => e.viewTarget());
});

const mapContainsKey: Emitter = guarded((e, args) => {
  const [map, key] = args as [Value, Value];
  const found = findKey(e, map, packedBytes(e, map.local), key);
  return e.of(
    BOOLEAN,
    e.let(I32, () => e.f.get(found).i32(0).op(OP.i32_ge_s)),
  );
});

const size: Emitter = guarded((e, args, call) => {
  const bytes = packedBytes(e, args[0]!.local);
  const array = args[0]!.type.kind === 'map' ? mapPart(e, bytes, 'keys') : bytes;
  return e.of(call.type, elementCount(e, array));
});

const partOf = (part: 1 | 2): Emitter =>
  guarded((e, args, call) => {
    const out = e.viewTarget();
    e.f.get(out).get(args[0]!.local).i32(part);
    e.kernel('packed_part_view', [I32, I32, I32], []);
    return e.of(call.type, out);
  });

const arrayContains: Emitter = guarded((e, args) => {
  const { f } = e;
  const [input, wanted] = args as [Value, Value];
  const { element: type, containsNull } = typeOf<'array'>(input);
  const array = packedBytes(e, input.local);
  const count = elementCount(e, array);
  const [found, unknown] = [f.local(I32), f.local(I32)];
  f.i32(0).set(found).i32(0).set(unknown);
  forElements(e, type, array, count, (element, _, stop) => {
    f.get(element.null as number).if();
    f.i32(1).set(unknown);
    f.else();
    const equal = compare(e, '=', { ...element, null: false }, wanted);
    f.get(equal).if();
    f.i32(1).set(found);
    stop();
    f.end().end();
  });
  if (!containsNull) return e.of(BOOLEAN, found);
  const nulls = e.let(I32, () => f.get(unknown).get(found).op(OP.i32_eqz, OP.i32_and));
  return e.of(BOOLEAN, found, nulls);
});

// ---- making them

/** Arguments are computed before the first is stored: those that are made themselves use the same scratch. */
const array: Emitter = lazy((e, call) => {
  const { element } = call.type as TypeOf<'array'>;
  const out = e.viewTarget();
  const values = call.args.map((arg) => e.value(arg));
  const [vector] = vectorsFor(e, [element], Math.max(values.length, 1));
  values.forEach((value, i) => storeAt(e, vector!, i, value));
  packArray(e, vector!, () => e.f.i32(values.length), out);
  return e.of(call.type, out);
});

const struct: Emitter = lazy((e, call) => {
  const out = e.viewTarget();
  packStruct(
    e,
    call.args.map((arg) => e.value(arg)),
    out,
  );
  return e.of(call.type, out);
});

const map: Emitter = lazy((e, call) => {
  const type = call.type as TypeOf<'map'>;
  const out = e.viewTarget();
  const values = call.args.map((arg) => e.value(arg));
  const count = values.length / 2;
  const [keys, items] = vectorsFor(e, [type.key, type.value] satisfies DataType[], Math.max(count, 1));
  values.forEach((value, i) => {
    if (i % 2 === 0 && value.null !== false) e.failIf(value.null, { code: 'NULL_MAP_KEY', node: call });
    storeAt(e, i % 2 === 0 ? keys! : items!, i >>> 1, value);
  });
  const keyNulls = values.reduce<Value['null']>((sum, value, i) => (i % 2 === 0 ? e.eitherNull(sum, value.null) : sum), false);
  const pack = (): void => {
    packMap(e, keys!, items!, () => e.f.i32(count), out);
    if (count < 2) return;
    const repeats = e.let(I32, () => {
      e.f.get(typeDescription(e, type)).get(out);
      e.kernel('packed_key_repeats', [I32, I32], [I32]);
    });
    e.failIf(repeats, { code: 'DUPLICATED_MAP_KEY', node: call });
  };
  // A null key's bytes may lie anywhere.
  if (keyNulls === false) pack();
  else
    e.when(
      e.let(I32, () => e.f.get(keyNulls).op(OP.i32_eqz)),
      pack,
    );
  return e.of(call.type, out, keyNulls);
});

const byDescription = (kernel: string): Emitter =>
  guarded((e, args, call) => {
    const out = e.viewTarget();
    e.f
      .get(typeDescription(e, args[0]!.type as NestedType))
      .get(args[0]!.local)
      .get(out)
      .get(e.heap());
    e.kernel(kernel, [I32, I32, I32, I32], []);
    return e.of(call.type, out);
  });

export const nestedFunctions: FunctionTable = new Map<string, Emitter>([
  ['get_field', getField],
  ['get_array_fields', getArrayFields],
  ['get_map_value', mapValue],
  ['element_at_index', arrayItem('INVALID_ARRAY_INDEX')],
  ['get', arrayItem(undefined)],
  ['element_at', elementAt],
  ['try_element_at', elementAt],
  ['size', size],
  ['map_keys', partOf(1)],
  ['map_values', partOf(2)],
  ['map_contains_key', mapContainsKey],
  ['array_contains', arrayContains],
  ['array', array],
  ['struct', struct],
  ['map', map],
  ['canonical_nested', byDescription('packed_canonical')],
  ['nested_sort_key', byDescription('packed_sort_key')],
]);
