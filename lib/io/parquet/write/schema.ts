import { QueryError } from '../../../core/errors.js';
import type { DataType, Field, Schema } from '../../../core/types/data-type.js';
import { Converted, Repetition } from './codes.js';
import { LEAF_KINDS, makeLeaf, type Leaf } from './leaf.js';
import type { ThriftWriter } from './thrift-writer.js';

/** An element of the file's schema: a group or a leaf, in the order of the file. */
export interface SchemaElement {
  readonly name: string;
  /** Undefined at the root. */
  readonly repetition: number | undefined;
  /** Of a group. */
  readonly children: number;
  readonly leaf: Leaf | undefined;
  /** What a group is, or of what type a leaf is. */
  readonly means: 'list' | 'map' | DataType | undefined;
}

export interface ParquetSchema {
  readonly elements: readonly SchemaElement[];
  readonly leaves: readonly Leaf[];
  /** How many leaves each column of the schema has; they lie one after the other. */
  readonly leafCounts: readonly number[];
}

/** A schema as Spark lays it out in Parquet files. @throws QueryError for names that repeat and for types that have no place there. */
export function parquetSchema({ fields }: Schema): ParquetSchema {
  refuseRepeated(fields);
  const elements: SchemaElement[] = [
    { name: 'spark_schema', repetition: undefined, children: fields.length, leaf: undefined, means: undefined },
  ];
  const leaves: Leaf[] = [];
  const leafCounts = fields.map((field) => {
    const before = leaves.length;
    addField(elements, leaves, field, [], 0, 0);
    return leaves.length - before;
  });
  return Object.freeze({ elements, leaves, leafCounts });
}

function refuseRepeated(fields: readonly Field[]): void {
  const seen = new Set<string>();
  for (const { name } of fields) {
    if (seen.has(name)) {
      throw new QueryError({
        code: 'COLUMN_ALREADY_EXISTS',
        message: `Parquet files cannot hold two columns of one name: "${name}"; rename one of them.`,
        column: name,
      });
    }
    seen.add(name);
  }
}

function addField(
  elements: SchemaElement[],
  leaves: Leaf[],
  { name, type, nullable }: Field,
  above: readonly string[],
  definition: number,
  repetition: number,
): void {
  const path = [...above, name];
  const own = nullable || type.kind === 'null' ? Repetition.optional : Repetition.required;
  const depth = definition + own;
  const group = (children: number, means: SchemaElement['means']): void => {
    elements.push({ name, repetition: own, children, leaf: undefined, means });
  };
  const repeated = (child: string, children: number): void => {
    elements.push({ name: child, repetition: Repetition.repeated, children, leaf: undefined, means: undefined });
  };
  switch (type.kind) {
    case 'array':
      group(1, 'list');
      repeated('list', 1);
      addField(
        elements,
        leaves,
        { name: 'element', type: type.element, nullable: type.containsNull },
        [...path, 'list'],
        depth + 1,
        repetition + 1,
      );
      return;
    case 'map': {
      group(1, 'map');
      repeated('key_value', 2);
      const inside = [...path, 'key_value'];
      addField(elements, leaves, { name: 'key', type: type.key, nullable: false }, inside, depth + 1, repetition + 1);
      addField(
        elements,
        leaves,
        { name: 'value', type: type.value, nullable: type.valueContainsNull },
        inside,
        depth + 1,
        repetition + 1,
      );
      return;
    }
    case 'struct':
      if (type.fields.length === 0) {
        throw new QueryError({
          code: 'UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE',
          message: `Column "${path.join('.')}" is a struct without fields, which Parquet files cannot hold.`,
          column: path.join('.'),
        });
      }
      refuseRepeated(type.fields);
      group(type.fields.length, undefined);
      for (const field of type.fields) addField(elements, leaves, field, path, depth, repetition);
      return;
    default: {
      const leaf = makeLeaf(path, type, depth, repetition);
      leaves.push(leaf);
      elements.push({ name, repetition: own, children: 0, leaf, means: type });
    }
  }
}

/** Writes the list of elements, field 2 of the file's metadata. */
export function writeSchemaElement(out: ThriftWriter, element: SchemaElement): void {
  const { leaf, means } = element;
  out.structElement(() => {
    if (leaf !== undefined) {
      out.i32(1, LEAF_KINDS[leaf.kind].parquetType);
      if (leaf.fixedBytes > 0) out.i32(2, leaf.fixedBytes);
    }
    if (element.repetition !== undefined) out.i32(3, element.repetition);
    out.binary(4, element.name);
    if (leaf === undefined) out.i32(5, element.children);
    if (means === 'list' || means === 'map') {
      out.i32(6, means === 'list' ? Converted.list : Converted.map);
      writeLogical(out, means === 'list' ? Logical.list : Logical.map, () => {});
    } else if (means !== undefined) {
      writeMeaning(out, means);
    }
  });
}

const Logical = { string: 1, map: 2, list: 3, decimal: 5, date: 6, timestamp: 8, integer: 10, unknown: 11 } as const;

/** Field 10: a union of structs. */
function writeLogical(out: ThriftWriter, kind: number, body: () => void): void {
  out.struct(10, () => out.struct(kind, body));
}

function writeMeaning(out: ThriftWriter, type: DataType): void {
  switch (type.kind) {
    case 'string':
      out.i32(6, Converted.utf8);
      writeLogical(out, Logical.string, () => {});
      return;
    case 'date':
      out.i32(6, Converted.date);
      writeLogical(out, Logical.date, () => {});
      return;
    case 'timestamp':
      out.i32(6, Converted.timestampMicros);
      writeTimestamp(out, true);
      return;
    case 'timestamp_ntz':
      writeTimestamp(out, false);
      return;
    case 'tinyint':
    case 'smallint':
      out.i32(6, type.kind === 'tinyint' ? Converted.int8 : Converted.int16);
      writeLogical(out, Logical.integer, () => {
        out.i8(1, type.kind === 'tinyint' ? 8 : 16);
        out.bool(2, true);
      });
      return;
    case 'decimal':
      out.i32(6, Converted.decimal);
      out.i32(7, type.scale);
      out.i32(8, type.precision);
      writeLogical(out, Logical.decimal, () => {
        out.i32(1, type.scale);
        out.i32(2, type.precision);
      });
      return;
    case 'null':
      writeLogical(out, Logical.unknown, () => {});
      return;
    default:
  }
}

function writeTimestamp(out: ThriftWriter, isUtc: boolean): void {
  writeLogical(out, Logical.timestamp, () => {
    out.bool(1, isUtc);
    // Microseconds.
    out.struct(2, () => out.struct(2, () => {}));
  });
}
