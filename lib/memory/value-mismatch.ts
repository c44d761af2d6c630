import { typeName, type DataType } from '../core/types/data-type.js';

/** A JavaScript value that its column's type cannot hold; callers say where it was. `path` says where in a nested value: `[2].name`. */
export class ValueMismatch extends Error {
  constructor(
    readonly value: unknown,
    readonly type: DataType,
    readonly path = '',
  ) {
    super(
      `${path === '' ? '' : `at ${path}: `}${describe(value)} is not ${/^[aeiou]/.test(typeName(type)) ? 'an' : 'a'} ${typeName(type)}`,
    );
  }

  /** The same, a step further out. */
  under(step: string): ValueMismatch {
    return new ValueMismatch(this.value, this.type, `${step}${this.path}`);
  }
}

/** A value in an error message: short, with its kind where that is the point. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? `'${value.slice(0, 40)}…'` : `'${value}'`;
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Date) return `Date ${Number.isNaN(value.getTime()) ? 'Invalid' : value.toISOString()}`;
  if (value instanceof Map) return 'a Map';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
