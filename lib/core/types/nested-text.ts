import type { DataType } from './data-type.js';
import { isNested } from './nested.js';

/** How what is inside of nested values is written. */
export interface NestedTextStyle {
  /** Text of a value that is neither nested nor null. */
  readonly leaf: (value: unknown, type: DataType) => string;
  readonly null: string;
}

/** A value as Spark writes it: `[1, 2]`, `{a, 1}`, `{k -> v}`. Values are those of `collect`, or lists for structs. */
export function nestedText(value: unknown, type: DataType, style: NestedTextStyle): string {
  if (value === null || value === undefined) return style.null;
  if (!isNested(type)) return style.leaf(value, type);
  switch (type.kind) {
    case 'array':
      return `[${(value as readonly unknown[]).map((item) => nestedText(item, type.element, style)).join(', ')}]`;
    case 'map': {
      const entries = [...(value as ReadonlyMap<unknown, unknown>)];
      const text = ([key, item]: [unknown, unknown]): string =>
        `${nestedText(key, type.key, style)} -> ${nestedText(item, type.value, style)}`;
      return `{${entries.map(text).join(', ')}}`;
    }
    case 'struct': {
      const member = (name: string, i: number): unknown =>
        Array.isArray(value) ? (value as readonly unknown[])[i] : (value as Record<string, unknown>)[name];
      const members = type.fields.map((field, i) => nestedText(member(field.name, i), field.type, style));
      return `{${members.join(', ')}}`;
    }
  }
}
