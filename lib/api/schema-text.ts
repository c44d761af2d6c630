import { typeName, type Schema } from '../core/types/data-type.js';

/** A schema as Spark's printSchema writes it. */
export function treeString(schema: Schema): string {
  return [
    'root',
    ...schema.fields.map(({ name, type, nullable }) => ` |-- ${name}: ${typeName(type)} (nullable = ${nullable})`),
    '',
  ].join('\n');
}
