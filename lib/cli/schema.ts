import { typeName, type DataType, type Field, type Schema } from '../index.js';

/** A schema as text. */

/** `id bigint, name string`: what a reader's schema takes. */
export function schemaDdl({ fields }: Schema): string {
  return fields.map(({ name, type, nullable }) => `${quoted(name)} ${typeName(type)}${nullable ? '' : ' NOT NULL'}`).join(', ');
}

function quoted(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``;
}

/** The JSON that Spark's StructType.json writes and its tools read. */
export function schemaJson(schema: Schema): string {
  return JSON.stringify(structOf(schema.fields), undefined, 2);
}

type SparkType = string | { readonly [member: string]: unknown };

function structOf(fields: readonly Field[]): SparkType {
  return {
    type: 'struct',
    fields: fields.map(({ name, type, nullable }) => ({ name, type: sparkType(type), nullable, metadata: {} })),
  };
}

const SPARK_NAMES: { readonly [K in DataType['kind']]?: string } = {
  null: 'void',
  tinyint: 'byte',
  smallint: 'short',
  int: 'integer',
  bigint: 'long',
};

function sparkType(type: DataType): SparkType {
  switch (type.kind) {
    case 'array':
      return { type: 'array', elementType: sparkType(type.element), containsNull: type.containsNull };
    case 'map':
      return {
        type: 'map',
        keyType: sparkType(type.key),
        valueType: sparkType(type.value),
        valueContainsNull: type.valueContainsNull,
      };
    case 'struct':
      return structOf(type.fields);
    default:
      return SPARK_NAMES[type.kind] ?? typeName(type);
  }
}
