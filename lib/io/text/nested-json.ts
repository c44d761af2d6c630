import { doubleText } from '../../core/types/double-text.js';
import { isNested, type NestedType } from '../../core/types/nested.js';
import { packedReader, type PackedBytes } from '../../memory/packed.js';
import type { DataType } from '../../core/types/data-type.js';
import type { ValueOptions } from '../../core/types/javascript-values.js';

/** Values with all their digits. */
const EXACT: ValueOptions = { int64: 'string', decimal: 'string', date: 'string', timestamp: 'string', map: 'map' };

/** What makes JSON of packed values (memory/packed.ts) by the address of their first byte: as columns of their types are written. */
export function nestedJson(from: PackedBytes, type: NestedType, skipNulls: boolean): (base: number) => string {
  const read = packedReader(from, type, EXACT);
  return (base) => jsonOf(read(base), type, skipNulls);
}

function jsonOf(value: unknown, type: DataType, skipNulls: boolean): string {
  if (value === null || value === undefined) return 'null';
  switch (type.kind) {
    case 'array':
      return `[${(value as readonly unknown[]).map((item) => jsonOf(item, type.element, skipNulls)).join(',')}]`;
    case 'struct': {
      const fields = value as Readonly<Record<string, unknown>>;
      const parts: string[] = [];
      for (const { name, type: of } of type.fields) {
        const part = jsonOf(fields[name], of, skipNulls);
        if (!skipNulls || part !== 'null') parts.push(`${JSON.stringify(name)}:${part}`);
      }
      return `{${parts.join(',')}}`;
    }
    case 'map': {
      // The names of an object are texts, whatever the keys are.
      const parts = Array.from(value as ReadonlyMap<unknown, unknown>, ([key, item]) => {
        const text = jsonOf(key, type.key, skipNulls);
        const name = text.startsWith('"') && !isNested(type.key) ? text : JSON.stringify(text);
        return `${name}:${jsonOf(item, type.value, skipNulls)}`;
      });
      return `{${parts.join(',')}}`;
    }
    case 'double':
    case 'float': {
      const number = value as number;
      return Number.isFinite(number) ? doubleText(number, type.kind === 'float') : `"${number}"`;
    }
    case 'binary':
      return `"${Buffer.from(value as Uint8Array).toString('base64')}"`;
    case 'timestamp':
      return `"${(value as string).replace(' ', 'T')}Z"`;
    case 'timestamp_ntz':
      return `"${(value as string).replace(' ', 'T')}"`;
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'decimal':
    case 'boolean':
      return String(value as string | number | boolean);
    default:
      return JSON.stringify(value);
  }
}
