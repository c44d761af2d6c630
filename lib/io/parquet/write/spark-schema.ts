import { typeName, type DataType, type Field } from '../../../core/types/data-type.js';

/** Key of the file's metadata under which Spark finds the types that it wrote. */
export const SPARK_SCHEMA_KEY = 'org.apache.spark.sql.parquet.row.metadata';

const NAMES: ReadonlyMap<string, string> = new Map([
  ['tinyint', 'byte'],
  ['smallint', 'short'],
  ['int', 'integer'],
  ['bigint', 'long'],
]);

/** A schema as Spark's JSON. */
export function sparkSchema(fields: readonly Field[]): string {
  return JSON.stringify(structJson(fields));
}

function structJson(fields: readonly Field[]): object {
  return {
    type: 'struct',
    fields: fields.map(({ name, type, nullable }) => ({ name, type: typeJson(type), nullable, metadata: {} })),
  };
}

function typeJson(type: DataType): object | string {
  switch (type.kind) {
    case 'array':
      return { type: 'array', elementType: typeJson(type.element), containsNull: type.containsNull };
    case 'map':
      return {
        type: 'map',
        keyType: typeJson(type.key),
        valueType: typeJson(type.value),
        valueContainsNull: type.valueContainsNull,
      };
    case 'struct':
      return structJson(type.fields);
    default:
      return NAMES.get(type.kind) ?? typeName(type);
  }
}
