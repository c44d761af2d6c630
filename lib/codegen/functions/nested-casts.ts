import type { TypeOf } from '../../core/types/data-type.js';
import { structLayout } from '../../memory/packed-types.js';
import type { CastEmitter, CastTable, RowCompiler, Value } from '../emitter.js';
import { I32 } from '../encoder.js';
import {
  elementCount,
  fieldValue,
  forElements,
  mapPart,
  packArray,
  packedBytes,
  packMap,
  packStruct,
  storeAtLocal,
  vectorOfCount,
  type PackVector,
} from '../packed.js';

/** Casts of arrays, structs and maps: part by part to others of their kind, and to text. */

/** A vector of an array's elements, cast. */
function castElements(
  e: RowCompiler,
  array: number,
  count: number,
  from: Value['type'],
  to: Value['type'],
  cast: Parameters<CastEmitter['emit']>[2],
): PackVector {
  const vector = vectorOfCount(e, to, count);
  forElements(e, from, array, count, (element, i) => storeAtLocal(e, vector, i, e.castValue(element, to, cast)));
  return vector;
}

const arrayToArray: CastEmitter['emit'] = (e, input, cast) => {
  const out = e.viewTarget();
  const array = packedBytes(e, input.local);
  const count = elementCount(e, array);
  const from = (input.type as TypeOf<'array'>).element;
  const vector = castElements(e, array, count, from, (cast.type as TypeOf<'array'>).element, cast);
  packArray(e, vector, () => e.f.get(count), out);
  return e.of(cast.type, out);
};

const mapToMap: CastEmitter['emit'] = (e, input, cast) => {
  const out = e.viewTarget();
  const bytes = packedBytes(e, input.local);
  const [from, to] = [input.type as TypeOf<'map'>, cast.type as TypeOf<'map'>];
  const keys = mapPart(e, bytes, 'keys');
  const count = elementCount(e, keys);
  const keyVector = castElements(e, keys, count, from.key, to.key, cast);
  const values = castElements(e, mapPart(e, bytes, 'values'), count, from.value, to.value, cast);
  packMap(e, keyVector, values, () => e.f.get(count), out);
  return e.of(cast.type, out);
};

/** Fields by their places, whatever their names. */
const structToStruct: CastEmitter['emit'] = (e, input, cast) => {
  const out = e.viewTarget();
  const [from, to] = [input.type as TypeOf<'struct'>, cast.type as TypeOf<'struct'>];
  const { slots } = structLayout(from);
  const base = packedBytes(e, input.local);
  const values = from.fields.map(({ type, nullable }, i) => {
    const value = fieldValue(e, type, base, i, slots[i]!, nullable, () => e.context.viewPlace());
    return e.castValue(value, to.fields[i]!.type, cast);
  });
  packStruct(e, values, out);
  return e.of(cast.type, out);
};

/** Text is made in JavaScript, by the type in a constant. */
const toText: CastEmitter['emit'] = (e, input, cast) => {
  const out = e.viewTarget();
  e.f
    .get(e.heap())
    .get(out)
    .get(input.local)
    .get(e.constantView(JSON.stringify(input.type)));
  e.text('formatNested', [I32, I32, I32, I32], []);
  return e.of(cast.type, out);
};

export const nestedCasts: CastTable = new Map(
  (
    [
      ['array>array', arrayToArray],
      ['map>map', mapToMap],
      ['struct>struct', structToStruct],
      ['array>string', toText],
      ['map>string', toText],
      ['struct>string', toText],
    ] as const
  ).map(([name, emit]) => [name, { guard: true, emit }]),
);
