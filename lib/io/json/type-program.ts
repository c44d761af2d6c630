import type { DataType, TypeOf } from '../../core/types/data-type.js';
import type { NestedType } from '../../core/types/nested.js';
import type { Space } from '../../memory/block-space.js';
import { structLayout } from '../../memory/packed-types.js';
import type { DecoderContext } from '../source.js';
import { writeNames } from './names.js';

/** Kinds of nodes (kernels/assembly/json-nested.ts, K_*). */
const KIND: { readonly [K in DataType['kind']]?: number } = {
  boolean: 1,
  int: 2,
  bigint: 3,
  double: 4,
  float: 5,
  date: 6,
  timestamp: 7,
  timestamp_ntz: 7,
  string: 8,
  decimal: 9,
  array: 10,
  struct: 11,
  map: 12,
};

/** Formats for which dates and timestamps are left to JavaScript. */
interface Formats {
  readonly dateFormat: string | undefined;
  readonly timestampFormat: string | undefined;
}

/** Whether kernels read all that a type consists of. */
export function hasProgram(type: DataType, formats: Formats): boolean {
  switch (type.kind) {
    case 'array':
      return hasProgram(type.element, formats);
    case 'map':
      return type.key.kind === 'string' && hasProgram(type.value, formats);
    case 'struct':
      return type.fields.every((field) => hasProgram(field.type, formats)) && hasNoRepeats(type);
    case 'date':
      return formats.dateFormat === undefined;
    case 'timestamp':
      return formats.timestampFormat === undefined;
    default:
      return KIND[type.kind] !== undefined;
  }
}

function hasNoRepeats({ fields }: TypeOf<'struct'>): boolean {
  return new Set(fields.map(({ name }) => name)).size === fields.length;
}

/** Writes the program of a nested type into shared memory; returns its root's address. */
export function writeProgram(context: DecoderContext, space: Space, type: NestedType): number {
  return writeNode({ context, space }, type);
}

interface Place {
  readonly context: DecoderContext;
  readonly space: Space;
}

function writeNode(place: Place, type: DataType): number {
  const kind = KIND[type.kind]!;
  switch (type.kind) {
    case 'array':
      return writeWords(place, [kind, writeNode(place, type.element)]);
    case 'map':
      return writeWords(place, [kind, writeNode(place, type.value)]);
    case 'struct': {
      const { fields } = type;
      const { slots, fixedBytes } = structLayout(type);
      const names = writeNames(
        place.context,
        place.space,
        fields.map(({ name }) => name),
      );
      const hints = place.space.allocate(fields.length * 4);
      place.context.executor.views.u32.fill(0, hints >>> 2, (hints >>> 2) + fields.length);
      const head = [kind, fields.length, fixedBytes, names.address, names.mask, hints, fields.length];
      return writeWords(place, [...head, ...fields.flatMap((field, i) => [writeNode(place, field.type), slots[i]!])]);
    }
    case 'decimal':
      return writeWords(place, [kind, type.precision | (type.scale << 8)]);
    default:
      return writeWords(place, [kind, 0]);
  }
}

function writeWords({ context, space }: Place, words: readonly number[]): number {
  const address = space.allocate(words.length * 4);
  context.executor.views.u32.set(words, address >>> 2);
  return address;
}
