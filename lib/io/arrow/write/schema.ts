import type { DataType, Field, Schema } from '../../../core/types/data-type.js';
import { ARROW_TYPE } from '../schema.js';
import { i16, i32, ref, table, u8, type FieldNode, type TableNode } from './flat-writer.js';

const MICROSECONDS = 2;
const DECIMAL_BITS = 128;

/** A Schema table. */
export function schemaNode({ fields }: Schema): TableNode {
  return table(i16(0), ref(fields.map(fieldNode)));
}

function fieldNode({ name, type, nullable }: Field): TableNode {
  const [tag, fields, children] = typeNode(type);
  return table(
    ref(name),
    u8(nullable || type.kind === 'null' ? 1 : 0),
    u8(tag),
    ref(table(...fields)),
    undefined,
    ref(children.map(fieldNode)),
  );
}

const int = (bits: number): [number, FieldNode[], Field[]] => [ARROW_TYPE.int, [i32(bits), u8(1)], []];
const entry = (name: string, type: DataType, nullable: boolean): Field => ({ name, type, nullable });

/** Number in the union of types, its table's fields, and the fields below. */
function typeNode(type: DataType): [tag: number, fields: (FieldNode | undefined)[], children: readonly Field[]] {
  switch (type.kind) {
    case 'null':
      return [ARROW_TYPE.null, [], []];
    case 'boolean':
      return [ARROW_TYPE.bool, [], []];
    case 'tinyint':
      return int(8);
    case 'smallint':
      return int(16);
    case 'int':
      return int(32);
    case 'bigint':
      return int(64);
    case 'float':
      return [ARROW_TYPE.float, [i16(1)], []];
    case 'double':
      return [ARROW_TYPE.float, [i16(2)], []];
    case 'decimal':
      return [ARROW_TYPE.decimal, [i32(type.precision), i32(type.scale), i32(DECIMAL_BITS)], []];
    case 'string':
      return [ARROW_TYPE.utf8, [], []];
    case 'binary':
      return [ARROW_TYPE.binary, [], []];
    case 'date':
      return [ARROW_TYPE.date, [i16(0)], []];
    case 'timestamp':
      return [ARROW_TYPE.timestamp, [i16(MICROSECONDS), ref('UTC')], []];
    case 'timestamp_ntz':
      return [ARROW_TYPE.timestamp, [i16(MICROSECONDS)], []];
    case 'day_time_interval':
      return [ARROW_TYPE.duration, [i16(MICROSECONDS)], []];
    case 'year_month_interval':
      return [ARROW_TYPE.interval, [i16(0)], []];
    case 'array':
      return [ARROW_TYPE.list, [], [entry('item', type.element, type.containsNull)]];
    case 'map': {
      const pair = [entry('key', type.key, false), entry('value', type.value, type.valueContainsNull)];
      return [ARROW_TYPE.map, [u8(0)], [entry('entries', { kind: 'struct', fields: pair }, false)]];
    }
    case 'struct':
      return [ARROW_TYPE.struct, [], type.fields];
  }
}
