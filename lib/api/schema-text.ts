import { typeName, type DataType, type Schema } from '../core/types/data-type.js';

/** A schema as Spark's printSchema writes it: what is inside of arrays, maps and structs stands below them. */
export function treeString(schema: Schema): string {
  const lines = ['root'];
  for (const { name, type, nullable } of schema.fields) {
    addLines(lines, ' |', name, type, `nullable = ${nullable}`);
  }
  return [...lines, ''].join('\n');
}

function addLines(lines: string[], prefix: string, name: string, type: DataType, note: string): void {
  const add = (label: string): void => void lines.push(`${prefix}-- ${name}: ${label}${note === '' ? '' : ` (${note})`}`);
  const below = `${prefix}    |`;
  switch (type.kind) {
    case 'array':
      add('array');
      addLines(lines, below, 'element', type.element, `containsNull = ${type.containsNull}`);
      return;
    case 'map':
      add('map');
      addLines(lines, below, 'key', type.key, '');
      addLines(lines, below, 'value', type.value, `valueContainsNull = ${type.valueContainsNull}`);
      return;
    case 'struct':
      add('struct');
      for (const field of type.fields) addLines(lines, below, field.name, field.type, `nullable = ${field.nullable}`);
      return;
    default:
      add(typeName(type));
  }
}
